-- Tables of postgres.mjs.
CREATE TABLE IF NOT EXISTS handled_messages (
  id text PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS balances (
  customer text PRIMARY KEY,
  cents bigint NOT NULL
);
