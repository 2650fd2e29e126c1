-- The demo shop's tables. Prices are in cents, days are YYYY-MM-DD.
CREATE TABLE products (
  sku TEXT PRIMARY KEY, title TEXT, name TEXT NOT NULL, price INTEGER NOT NULL, return_days INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE orders (
  number TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers (id), placed TEXT NOT NULL, status TEXT NOT NULL,
  carrier TEXT, expected TEXT, delivered TEXT, address TEXT NOT NULL
);
CREATE TABLE items (
  order_number TEXT NOT NULL REFERENCES orders (number), line INTEGER NOT NULL, sku TEXT NOT NULL REFERENCES products (sku),
  count INTEGER NOT NULL, price INTEGER NOT NULL, PRIMARY KEY (order_number, line)
);
CREATE TABLE returns (
  id INTEGER PRIMARY KEY AUTOINCREMENT, customer TEXT NOT NULL REFERENCES customers (id),
  order_number TEXT NOT NULL REFERENCES orders (number), reason TEXT NOT NULL, status TEXT NOT NULL, registered TEXT NOT NULL
);
CREATE TABLE refunds (
  id INTEGER PRIMARY KEY AUTOINCREMENT, customer TEXT NOT NULL REFERENCES customers (id),
  order_number TEXT NOT NULL REFERENCES orders (number), cents INTEGER NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE answers (
  customer TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (customer, key)
);
CREATE TABLE requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, operation TEXT NOT NULL, customer TEXT NOT NULL,
  order_number TEXT, status INTEGER NOT NULL
);
PRAGMA user_version = 1;
