import { join } from 'node:path'
import type { RabbitState } from './state.js'

type Whose = Pick<RabbitState, 'options' | 'ports' | 'programs'>
type Env = Readonly<Record<string, string | undefined>>

// Two schedulers and no busy waiting: a lab's node leaves the machine to others. The distribution port stays on loopback.
const ERLANG = '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}'

/** The node's name, for the short-name distribution: unique by the lab's own port mapper. */
export const nodeName = ({ options }: Pick<RabbitState, 'options'>): string => `spillway-${options.name}@localhost`

/**
 * The environment in which `rabbitmq-server` becomes the lab's private node: its own name, ports, data, log,
 * configuration, plugins, cookie and port mapper, and nothing of the machine's. Run so, the script turns into the Erlang VM
 * (same process id) instead of waiting for it. https://www.rabbitmq.com/docs/configure#supported-environment-variables
 */
export function nodeEnvironment(folder: string, state: Whose, from: Env): Env {
  const at = (name: string) => join(folder, name)
  return {
    ...toolEnvironment(folder, state, from),
    RABBITMQ_DIST_PORT: String(state.ports.distribution),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_CONFIG_FILES: at('conf.d'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: at('server.pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: at('generated'),
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_START_ARGS: '-noinput',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: ERLANG,
  }
}

/** What rabbitmqctl needs to find the node, and only this one. */
export function toolEnvironment(folder: string, state: Whose, from: Env): Env {
  const foreign = /^(RABBITMQ_|ERL_|NOTIFY_SOCKET$|NODENAME$)/
  const kept = Object.entries(from).map(([name, value]) => [name, foreign.test(name) ? undefined : value])
  const erlang = state.programs?.erlang
  return {
    ...Object.fromEntries(kept),
    ...(erlang === undefined ? {} : { PATH: `${erlang}:${from.PATH ?? ''}` }),
    // Erlang reads its cookie from the home folder.
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    ERL_EPMD_PORT: String(state.ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: nodeName(state),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
  }
}
