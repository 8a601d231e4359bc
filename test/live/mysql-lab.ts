import type { DatabaseLab, DatabaseLabOptions } from '../../src/lab/database/options.js'
import { startDatabase } from '../../src/lab/database/start.js'
import { MYSQL } from '../../src/lab/mysql/mysql.js'

let labs = 0

/** Runs `work` with a MariaDB of its own, which is gone afterwards. */
export async function withMysql<T>(
  options: Omit<DatabaseLabOptions, 'name'>,
  work: (lab: DatabaseLab) => Promise<T>,
): Promise<T> {
  labs += 1
  const lab = await startDatabase(MYSQL, { source: 'machine', ...options, name: `own-${process.pid}-${labs}` })
  try {
    return await work(lab)
  } finally {
    await lab.stop()
  }
}
