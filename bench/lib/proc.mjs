import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Kernel ticks a second (`getconf CLK_TCK`): the unit of CPU times in /proc. */
export const HZ = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Fields of /proc/PID/stat after the command's name; proc(5): utime is [11], stime [12], cutime [13], cstime [14]. */
function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const close = text.lastIndexOf(')')
  return { name: text.slice(text.indexOf('(') + 1, close), fields: text.slice(close + 2).split(' ') }
}

/** CPU seconds of a process, its threads included. */
export function cpuOf(pid) {
  const { fields } = stat(pid)
  return (Number(fields[11]) + Number(fields[12])) / HZ
}

/** CPU seconds of all children (and theirs) that this process has waited for: exact once a child has exited. */
export function cpuOfReaped() {
  const { fields } = stat('self')
  return (Number(fields[13]) + Number(fields[14])) / HZ
}

/** Machine-wide seconds since boot, summed over cores. */
export function cpuOfMachine() {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(ticks => Number(ticks) / HZ)
  return { busy: user + nice + system + irq + softirq, idle, iowait, steal }
}

/** Every living process: pid to name, parent and CPU seconds. */
export function processes() {
  const all = new Map()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const seen = unlessGone(() => stat(entry))
    if (seen === undefined) continue
    const { name, fields } = seen
    all.set(Number(entry), { name, parent: Number(fields[1]), cpu: (Number(fields[11]) + Number(fields[12])) / HZ })
  }
  return all
}

/** The process and all its descendants. */
export function tree(root) {
  const all = processes()
  const family = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const [pid, { parent }] of all) {
      if (!family.has(parent) || family.has(pid)) continue
      family.add(pid)
      grown = true
    }
  }
  return family
}

/** Peak resident bytes of a process so far (VmHWM); undefined once it has gone. */
export function peakOf(pid) {
  const text = unlessGone(() => readFileSync(`/proc/${pid}/status`, 'utf8'))
  const found = text?.match(/^VmHWM:\s+(\d+) kB/m)
  return found ? Number(found[1]) * 1024 : undefined
}

/** The pid that listens on a TCP port of this machine; undefined where none of ours does. */
export function listenerOn(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const field = line.trim().split(/\s+/)
      if (field[1]?.endsWith(`:${hex}`) && field[3] === '0A') inodes.add(`socket:[${field[9]}]`)
    }
  return [...processes().keys()].find(pid => holds(pid, inodes))
}

function holds(pid, inodes) {
  const open = unlessGone(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return open.some(fd => inodes.has(unlessGone(() => readlinkSync(`/proc/${pid}/fd/${fd}`))))
}

/** Arguments of a running process. */
export const argumentsOf = pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')

/** A process may end between being listed and being read, and another user's may not be read. */
function unlessGone(read) {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return undefined
    throw error
  }
}
