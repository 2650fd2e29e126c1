//! What the business declares about itself: its name, its site, its tools.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde::Deserialize;

use crate::Tools;
use crate::tools::{Fault, RawTool, RawTools, declared};
use crate::yaml::Problem;

/// The checked declaration of one business.
#[derive(Clone, Debug)]
pub struct Business {
    /// The name that customers know.
    pub name: String,
    /// The site's origin without a slash at its end; article paths are put behind it.
    pub site: String,
    /// Hosts (with port, when not the default) that an answer may link to; the site's own is always among
    /// them.
    pub hosts: Vec<String>,
    /// What an order number of this business looks like.
    pub order_number: Regex,
    /// The tools that may be called.
    pub tools: Tools,
}

/// Why a declaration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BusinessError {
    /// A file cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not what is expected.
    #[error("{file}, line {line}: {problem}")]
    Invalid {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong and what to write instead.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBusiness {
    name: String,
    site: toml::Spanned<String>,
    #[serde(default)]
    hosts: Vec<String>,
    order_number: toml::Spanned<String>,
    tools: Option<RawTools>,
    #[serde(default)]
    tool: BTreeMap<String, toml::Spanned<RawTool>>,
}

impl Business {
    /// Reads and checks a file such as content/demo/shop.toml, with the OpenAPI file that it names.
    ///
    /// # Errors
    /// When a file cannot be read or something in it is wrong; the message names the file and the line.
    pub fn load(path: &Path) -> Result<Self, BusinessError> {
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|source| BusinessError::Read { path: path.to_owned(), source })
        };
        let beside = |name: &str| read(&path.parent().unwrap_or(Path::new("")).join(name));
        Self::parse(&path.display().to_string(), &read(path)?, beside)
    }

    /// Reads and checks the text of such a file. `file` is its name in messages; `beside` reads the files that it
    /// names.
    ///
    /// # Errors
    /// As [`Business::load`].
    pub fn parse(
        file: &str,
        text: &str,
        beside: impl Fn(&str) -> Result<String, BusinessError>,
    ) -> Result<Self, BusinessError> {
        let wrong = |start: usize, problem: String| BusinessError::Invalid {
            file: file.to_owned(),
            line: crate::knowledge::line_of(text, start),
            problem,
        };
        let raw: RawBusiness = toml::from_str(text)
            .map_err(|error| wrong(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        let site =
            checked_site(raw.site.get_ref()).map_err(|problem| wrong(raw.site.span().start, problem))?;
        let order_number =
            Regex::new(&format!(r"(?i)\b(?:{})\b", raw.order_number.get_ref())).map_err(|_| {
                wrong(raw.order_number.span().start, "order_number is not a regular expression".into())
            })?;
        let tools = match (raw.tools, raw.tool.values().next()) {
            (Some(RawTools { openapi }), _) => {
                let name = openapi.get_ref();
                declared(&beside(name)?, raw.tool).map_err(|fault| match fault {
                    Fault::OpenApi(Problem { line, what }) => {
                        BusinessError::Invalid { file: name.clone(), line, problem: what }
                    }
                    Fault::Declaration(start, problem) => wrong(start, problem),
                })?
            }
            (None, Some(tool)) => {
                let problem = "there are tools and no OpenAPI file; write [tools] and below it openapi = \"openapi.yaml\"";
                return Err(wrong(tool.span().start, problem.into()));
            }
            (None, None) => Tools::default(),
        };
        Ok(Self { name: raw.name, site: String::new(), hosts: raw.hosts, order_number, tools }.at(site))
    }

    /// The same business at another origin, for example on another port; its host may be linked to.
    #[must_use]
    pub fn at(mut self, site: String) -> Self {
        let site = site.trim_end_matches('/').to_owned();
        if let Some((_, host)) = site.split_once("://") {
            self.hosts.push(host.to_owned());
        }
        self.site = site;
        self
    }
}

fn checked_site(site: &str) -> Result<String, String> {
    let rest = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    match rest.map(|rest| rest.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(site.to_owned()),
        Some(_) | None => Err("site must be an origin such as https://shop.example, without a path".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Confirm, KeySupport};

    const GOOD: &str = r#"
name = "Shop"
site = "http://127.0.0.1:7442/"
order_number = "HA-\\d{5}"

[tools]
openapi = "openapi.yaml"

[tool.order]
effect = "read"
identity = "signed"
customer = "customer"
parameters = ["order"]

[tool.refund]
effect = "write"
identity = "code"
customer = "customer"
parameters = ["order", "amount"]
most_amount = "50.00"
keep = ["number"]
"#;

    const OPENAPI: &str = r##"openapi: 3.1.0
paths:
  /api/{customer}/orders/{order}:
    parameters:
      - { name: customer, in: path, required: true, schema: { type: string } }
      - { $ref: "#/components/parameters/Order" }
    get:
      operationId: order
    post:
      operationId: refund
      parameters:
        - { name: Idempotency-Key, in: header, required: true, schema: { type: string } }
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [amount]
              properties:
                amount: { type: string, format: decimal }
                lines: { type: array }
components:
  parameters:
    Order: { name: order, in: path, required: true, schema: { type: string, pattern: "^HA-[0-9]{5}$" } }
"##;

    fn parse(text: &str, openapi: &str) -> Result<Business, BusinessError> {
        Business::parse("shop.toml", text, |_| Ok(openapi.to_owned()))
    }

    fn problem(text: &str) -> String {
        parse(text, OPENAPI).unwrap_err().to_string()
    }

    #[test]
    fn a_good_declaration_is_read() {
        let business = parse(GOOD, OPENAPI).unwrap();
        assert_eq!(business.site, "http://127.0.0.1:7442");
        assert_eq!(business.hosts, ["127.0.0.1:7442"]);
        assert!(business.order_number.is_match("it is ha-12345."));
        assert!(!business.order_number.is_match("XHA-12345"));
        insta::assert_debug_snapshot!(business.tools.get("refund").unwrap());
        let order = business.tools.get("order").unwrap();
        assert_eq!((order.confirm, order.key), (Confirm::NotNeeded, KeySupport::NotTaken));
    }

    #[test]
    fn each_wrong_declaration_is_refused_with_its_file_and_line_and_what_to_write() {
        let order = |from: &str, to: &str| problem(&GOOD.replacen(from, to, 1));
        let refund = |from: &str, to: &str| {
            let (head, tail) = GOOD.split_once("[tool.refund]").unwrap();
            problem(&format!("{head}[tool.refund]{}", tail.replacen(from, to, 1)))
        };
        let problems = [
            order("name = \"Shop\"", "nam = \"Shop\""),
            order("http://127.0.0.1:7442/", "shop.example"),
            order("HA-\\\\d{5}", "HA-("),
            order("[tools]\nopenapi = \"openapi.yaml\"", ""),
            order("[tool.order]", "[tool.ordre]"),
            order("\"read\"", "\"write\""),
            order("\"signed\"", "\"none\""),
            order("\"signed\"", "\"maybe\""),
            order("customer = \"customer\"", ""),
            order("customer = \"customer\"", "customer = \"custmer\""),
            order("[\"order\"]", "[]"),
            order("[\"order\"]", "[\"order\", \"customer\"]"),
            order("[\"order\"]", "[\"order\", \"order\"]"),
            refund("\"amount\"", "\"amont\""),
            refund("\"amount\"", "\"amount\", \"lines\""),
            refund("\"amount\"", "\"amount\", \"Idempotency-Key\""),
            refund("most_amount = \"50.00\"", ""),
            refund("50.00", "fifty"),
            refund("most_amount", "confirm = false\nmost_amount"),
            refund("most_amount", "unconfirmed_because = \"small\"\nmost_amount"),
            refund("most_amount", "most_calls = 0\nmost_amount"),
            refund("\"write\"", "\"read\""),
        ];
        insta::assert_snapshot!(problems.join("\n"));
    }

    #[test]
    fn each_wrong_openapi_file_is_refused_with_its_line() {
        let problem = |from: &str, to: &str| {
            let openapi = OPENAPI.replacen(from, to, 1);
            parse(GOOD, &openapi).unwrap_err().to_string()
        };
        let problems = [
            problem("openapi: 3.1.0", "swagger: \"2.0\""),
            problem("#/components/parameters/Order", "#/components/parameters/Ordre"),
            problem("{ name: order, in: path", "{ $ref: \"#/components/parameters/Order\", in: path"),
            problem("operationId: refund", "operationId: order"),
            problem("      operationId: order\n", "      summary: none\n"),
            problem("in: header", "in: head"),
            problem("application/json", "text/plain"),
            problem("^HA-[0-9]{5}$", "^HA-(?=x)"),
            problem("{ type: string, format: decimal }", "{ type: string, minLength: few }"),
        ];
        insta::assert_snapshot!(problems.join("\n"));
    }
}
