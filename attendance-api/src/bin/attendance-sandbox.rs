//! `attendance-sandbox`: the sandbox as a program, for clients in any language.

use std::process::ExitCode;

use attendance_api::sandbox::{RecordedRequest, Sandbox};

const HELP: &str = "\
An attendance server for tests, on 127.0.0.1.

usage: attendance-sandbox [--port PORT] [--seed FILE] [--no-rate-limit] [--quiet]

  --port PORT      the port to serve on; 0, the default, takes any free one
  --seed FILE      begin with the tenant that this YAML or JSON file describes
  --no-rate-limit  answer any number of calls a second
  --quiet          print no line a request
  --help           this text

Point a client at the address that is printed, with the app id and secret beside it.
The same address in a browser shows the state and the last requests.
Ctrl-C ends the server after the answers that are under way.
";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    port: u16,
    seed: Option<String>,
    no_rate_limit: bool,
    quiet: bool,
}

fn main() -> ExitCode {
    let options = match read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("error: {message}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` when only the help is wanted.
fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            "--port" => {
                let text = words.next().ok_or("--port needs a number")?;
                options.port = text
                    .parse()
                    .map_err(|_| format!("`{text}` is not a port"))?;
            }
            "--seed" => options.seed = Some(words.next().ok_or("--seed needs a file")?),
            "--no-rate-limit" => options.no_rate_limit = true,
            "--quiet" => options.quiet = true,
            other => return Err(format!("`{other}` is not an option")),
        }
    }
    Ok(Some(options))
}

fn serve(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder().port(options.port);
    if let Some(file) = &options.seed {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        builder = builder
            .seed_yaml(&text)
            .map_err(|error| format!("{file}: {error}"))?;
    }
    if !options.quiet {
        builder = builder.on_request(log_line);
    }
    let sandbox = builder.start_blocking()?;
    if options.no_rate_limit {
        sandbox.rate_limit_off();
    }
    println!("attendance sandbox at {}", sandbox.base_url());
    println!("  app id      {}", sandbox.app_id());
    println!("  app secret  {}", sandbox.app_secret());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    sandbox.stop();
    println!("stopped");
    Ok(())
}

/// `#7 POST /open-apis/... user_task.query -> 200 code 0`
fn log_line(request: &RecordedRequest) {
    let operation = request.operation.as_deref().unwrap_or("(not served)");
    let outcome = match (request.cut, request.code) {
        (true, _) => "connection cut".to_owned(),
        (false, Some(code)) => format!("{} code {code}", request.status),
        (false, None) => request.status.to_string(),
    };
    println!(
        "#{} {} {} {operation} -> {outcome}",
        request.number, request.method, request.path
    );
}
