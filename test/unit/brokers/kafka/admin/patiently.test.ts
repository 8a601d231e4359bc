import { describe, expect, it } from 'vitest'
import { patiently } from '../../../../../src/brokers/kafka/admin/patiently.js'
import type { Link } from '../../../../../src/brokers/kafka/link.js'
import { BrokerError } from '../../../../../src/errors.js'

const moved = () => new BrokerError('moved', { retry: true, code: 'NOT_COORDINATOR' })
const linkWith = (refresh: () => Promise<void>) => ({ refresh }) as Partial<Link> as Link

describe('patiently', () => {
  it('reads the brokers anew and tries again after a move', async () => {
    let [tries, refreshes] = [0, 0]
    const link = linkWith(async () => void refreshes++)
    const attempt = async () => (++tries < 3 ? Promise.reject(moved()) : 'done')
    expect([await patiently(link, attempt), tries, refreshes]).toEqual(['done', 3, 2])
  })

  it('adds no patience of its own to what an inner one has spent', async () => {
    let inner = 0
    const link = linkWith(async () => {})
    const fails = () => patiently(link, () => Promise.reject(moved()), 0)
    const outer = patiently(link, () => {
      inner++
      return fails()
    })
    await expect(outer).rejects.toMatchObject({ code: 'NOT_COORDINATOR' })
    expect(inner).toBe(1)
  })

  it('does not try again what cannot succeed', async () => {
    let tries = 0
    const never = async () => {
      tries++
      throw new BrokerError('no', { retry: false })
    }
    await expect(
      patiently(
        linkWith(async () => {}),
        never,
      ),
    ).rejects.toThrow('no')
    expect(tries).toBe(1)
  })
})
