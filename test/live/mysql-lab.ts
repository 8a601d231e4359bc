import type { MysqlLab, MysqlLabOptions } from '../../src/lab/mysql/options.js'
import { startMysql } from '../../src/lab/mysql/start.js'

let labs = 0

/** Runs `work` with a MariaDB of its own, which is gone afterwards. */
export async function withMysql<T>(
  options: Omit<MysqlLabOptions, 'name'>,
  work: (lab: MysqlLab) => Promise<T>,
): Promise<T> {
  labs += 1
  const lab = await startMysql({ source: 'machine', ...options, name: `own-${process.pid}-${labs}` })
  try {
    return await work(lab)
  } finally {
    await lab.stop()
  }
}
