//! The shop's HTML: a frame around each page, and the one way to put text into it.

use shop::Customer;

use super::Shop;

/// Text as it may stand in an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A whole page. `main` is HTML; `title` is text; `language` is a BCP 47 tag.
pub(super) fn page(
    shop: &Shop,
    customer: Option<&Customer>,
    title: &str,
    language: &str,
    main: &str,
) -> String {
    let account = match customer {
        Some(customer) => format!(
            "<a href=\"/account\">{}</a>\
             <form method=\"post\" action=\"/sign-out\"><button class=\"link\">Sign out</button></form>",
            escaped(&customer.name)
        ),
        None => "<a href=\"/sign-in\">Sign in</a>".to_owned(),
    };
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} · Wrenfield</title>\n\
         <link rel=\"icon\" href=\"/assets/wren.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/assets/shop.css\">\n\
         <script src=\"{widget}/sotto.js\" data-desk=\"{desk}\" data-hub=\"{hub}\" data-identity-url=\"/identity\" async></script>\n\
         </head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n\
         <header class=\"top\"><div class=\"wide\">\
         <a class=\"brand\" href=\"/\"><img src=\"/assets/wren.svg\" alt=\"\" width=\"32\" height=\"32\">Wrenfield</a>\
         <nav aria-label=\"Main\"><a href=\"/#products\">Products</a><a href=\"/help\">Help</a>{account}</nav>\
         </div></header>\n<main id=\"main\">\n{main}\n</main>\n\
         <footer><div class=\"wide\"><p>Wrenfield is invented: the demo shop of Sotto. Nothing is sold here.</p>\
         <p><a href=\"/help/privacy\">Privacy</a> <a href=\"/help/accessibility\">Accessibility</a> \
         <a href=\"/help/contact-hours\">Hours</a></p></div></footer>\n</body>\n</html>\n",
        title = escaped(title),
        widget = escaped(&shop.widget_origin),
        desk = escaped(&shop.desk_keys),
        hub = escaped(shop.hub.trim_end_matches('/')),
    )
}
