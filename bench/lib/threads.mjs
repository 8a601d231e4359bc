import { readdirSync, readFileSync } from 'node:fs'

const EVERY_MS = 100
/** Start-up and the end are left out: what bounds a copy shows while it moves. */
const FROM = 0.3
const TO = 0.9

/**
 * Looks at the threads of some processes until `stop`, which answers for each the thread that wanted a core most: `share` is the
 * part of the time that it ran, `waited` the part that it was ready and had no core (/proc/PID/task/TID/schedstat). A thread with a
 * sum near 1 is what bounds a copy, whatever the cores do meanwhile.
 * @param {Record<string, number>} pids by role
 */
export function watchThreads(pids) {
  const samples = []
  const look = () => samples.push({ at: performance.now(), ...byRole(pids) })
  const timer = setInterval(look, EVERY_MS)
  return () => {
    clearInterval(timer)
    const [first, last] = [FROM, TO].map(part => samples[Math.floor(samples.length * part)])
    if (first === undefined || last === undefined || first === last) return {}
    return Object.fromEntries(Object.keys(pids).map(role => [role, busiest(first, last, role)]))
  }
}

const byRole = pids => Object.fromEntries(Object.entries(pids).map(([role, pid]) => [role, threads(pid)]))

/** Nanoseconds on a core and ready without one, by thread; none of a process that has gone. */
function threads(pid) {
  const seen = new Map()
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      const [ran, waited] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ').map(Number)
      seen.set(tid, { ran, waited })
    }
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes(error.code)) throw error
  }
  return seen
}

function busiest(first, last, role) {
  const ns = (last.at - first.at) * 1e6
  const shares = [...last[role]].flatMap(([tid, now]) => {
    const before = first[role].get(tid)
    return before ? [{ share: (now.ran - before.ran) / ns, waited: (now.waited - before.waited) / ns }] : []
  })
  return shares.sort((a, b) => b.share + b.waited - a.share - a.waited)[0]
}
