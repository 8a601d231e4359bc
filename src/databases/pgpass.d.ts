/** The password that ~/.pgpass or PGPASSFILE has for a server, if any; undefined too where the file is open to others. https://www.postgresql.org/docs/current/libpq-pgpass.html */
declare module 'pgpass' {
  type Server = { readonly host: string; readonly port: number; readonly database: string; readonly user: string }
  const pgpass: (server: Server, found: (password: string | undefined) => void) => void
  export = pgpass
}
