/** @typedef {{ name: string, type: 'classic' | 'quorum', size: number, records: number }} MessageSet records before --records-scale; size of a body in bytes */

/** @type {(type: 'classic' | 'quorum', size: number, records: number) => MessageSet} */
const set = (type, size, records) => ({ name: `${type}-${size === 1024 ? '1k' : `${size}b`}`, type, size, records })

const all = [
  set('classic', 1024, 300_000),
  set('classic', 100, 400_000),
  set('quorum', 1024, 400_000),
  set('quorum', 100, 500_000),
]

/** Every set: 100,000 keys evenly drawn, one header, persistent messages in one durable queue. */
export const SETS = Object.fromEntries(all.map(each => [each.name, each]))

/** The run that shows start-up alone, which differs by the type of the queues that are made. */
export const startupSet = type => ({ name: `${type}-30`, type, size: 1024, records: 30 })

/** Queues that a backlog is moved into. */
export const LANES = 10

/** @param {MessageSet} set @param {number} scale */
export const scaled = (set, scale) => ({ ...set, records: Math.max(30, Math.round(set.records * scale)) })

/** Names of the queues behind a target: what follows the dot is the lane. */
export const laneNames = target => Array.from({ length: LANES }, (_, lane) => `${target}.0${lane}`)
