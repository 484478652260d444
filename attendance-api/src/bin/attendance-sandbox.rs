//! `attendance-sandbox`: the sandbox as a program, for clients in any language.

use std::process::ExitCode;

use attendance_api::sandbox::{RecordedRequest, Sandbox};

const HELP: &str = "\
An attendance server for tests, on 127.0.0.1.

usage: attendance-sandbox [--port PORT]

  --port PORT   the port to serve on; 0, the default, takes any free one
  --help        this text

Point a client at the address that is printed, with the app id and secret beside it.
Ctrl-C ends the server after the answers that are under way.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let mut port = 0;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--port" => {
                let text = words.next().ok_or("--port needs a number")?;
                port = text
                    .parse()
                    .map_err(|_| format!("`{text}` is not a port"))?;
            }
            other => return Err(format!("`{other}` is not an option")),
        }
    }
    serve(port).map_err(|error| error.to_string())
}

fn serve(port: u16) -> std::io::Result<()> {
    let sandbox = Sandbox::builder()
        .port(port)
        .on_request(log_line)
        .start_blocking()?;
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

fn log_line(request: &RecordedRequest) {
    let code = request
        .code
        .map_or_else(|| "-".to_owned(), |code| code.to_string());
    let operation = request.operation.as_deref().unwrap_or("(no such path)");
    println!(
        "#{} {} {} -> {} code {code} {operation} log_id {}",
        request.number, request.method, request.path, request.status, request.log_id
    );
}
