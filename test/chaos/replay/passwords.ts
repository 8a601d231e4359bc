/** The variables that tell a resumed replay the passwords, which no run keeps. */
export const passwordsOf = ({
  postgres,
  mysql,
}: Readonly<Record<'postgres' | 'mysql', string | undefined>>): Readonly<Record<string, string>> => ({
  ...(postgres === undefined ? {} : { PGPASSWORD: passwordOf(postgres) }),
  ...(mysql === undefined ? {} : { MYSQL_PWD: passwordOf(mysql) }),
})

const passwordOf = (url: string): string => decodeURIComponent(new URL(url).password)
