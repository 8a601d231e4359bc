-- Tables of postgres-batch.mjs. The row that the message makes carries the message's id: no second table is needed.
CREATE TABLE IF NOT EXISTS orders (
  inserted bigint GENERATED ALWAYS AS IDENTITY,
  message_id text PRIMARY KEY,
  customer text,
  number bigint NOT NULL,
  bytes integer NOT NULL
);
CREATE TABLE IF NOT EXISTS repeats (
  at timestamptz NOT NULL DEFAULT now(),
  messages bigint NOT NULL
);
