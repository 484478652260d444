//! Markdown as far as pages of parameters need it: headings, tables, code blocks.
//!
//! Relies on nothing: a line that fits no form is text, and a table ends where its lines end.

/// A piece of a page, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading, or a line that is bold as a whole.
    Heading(String),
    Table(Table),
    Code(String),
    Text(String),
}

/// Cells are trimmed; marks inside them are as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Index of the first column whose head is one of `names`.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.head
            .iter()
            .position(|head| names.iter().any(|name| head.eq_ignore_ascii_case(name)))
    }
}

/// Cuts a page into blocks.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut lines = text.lines().peekable();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if let Some(fence) = fence(line) {
            let code: Vec<&str> = lines
                .by_ref()
                .take_while(|line| !closes(line.trim(), fence))
                .collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some(heading) = heading(line) {
            blocks.push(Block::Heading(heading));
        } else if line.starts_with('|') && lines.peek().is_some_and(|next| is_ruler(next.trim())) {
            lines.next();
            let mut table = Table {
                head: cells(line),
                rows: Vec::new(),
            };
            while let Some(row) = lines.next_if(|line| line.trim().starts_with('|')) {
                table.rows.push(cells(row.trim()));
            }
            blocks.push(Block::Table(table));
        } else if !line.is_empty() {
            blocks.push(Block::Text(line.to_owned()));
        }
    }
    blocks
}

/// The fence that this line opens: three or more backticks or tildes.
fn fence(line: &str) -> Option<&str> {
    let mark = line
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let end = line.find(|c| c != mark).unwrap_or(line.len());
    (end >= 3).then(|| &line[..end])
}

fn closes(line: &str, fence: &str) -> bool {
    line.starts_with(fence) && line.trim_start_matches(&fence[..1]).trim().is_empty()
}

fn heading(line: &str) -> Option<String> {
    if line.starts_with('#') {
        return Some(line.trim_start_matches('#').trim().to_owned());
    }
    let bold = line.strip_prefix("**")?.strip_suffix("**")?;
    (!bold.is_empty() && !bold.contains("**"))
        .then(|| bold.trim().trim_end_matches(['：', ':']).to_owned())
}

fn is_ruler(line: &str) -> bool {
    line.contains("---") && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// The cells of a row; a bar inside code or after a backslash does not part them.
fn cells(line: &str) -> Vec<String> {
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in line.chars() {
        let cell = cells.last_mut().expect("there is always a cell");
        match c {
            '|' if escaped => {
                cell.pop();
                cell.push('|');
            }
            '|' => cells.push(String::new()),
            _ => cell.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    // A bar at the end closes the last cell; some pages leave it out.
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}
