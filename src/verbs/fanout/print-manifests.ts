import type { FanoutRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import { EXIT } from '../../errors.js'
import { kubernetesManifest } from '../../fanout/manifests/kubernetes.js'
import type { ManifestSubject } from '../../fanout/manifests/subject.js'
import { systemdUnit } from '../../fanout/manifests/systemd.js'
import type { FanoutLook } from '../../fanout/plan/options.js'
import { toPrettyJson } from '../../present/json.js'
import type { Where } from '../system.js'
import { commandInManifest } from './command-again.js'

/** Prints the manifests of `--as`; nothing is started. Sets `io.exitCode`. */
export function printManifests(look: FanoutLook, request: FanoutRequest, { io, present }: Where): void {
  const subject = subjectOf(look, request)
  const manifest = request.as === 'systemd' ? systemdUnit(subject) : kubernetesManifest(subject)
  io.out.write(present.format === 'json' ? toPrettyJson({ as: request.as, manifest }) : manifest)
  io.exitCode = EXIT.complete
}

const subjectOf = (look: FanoutLook, request: FanoutRequest): ManifestSubject => {
  const { image, handler } = request
  const command = handler === undefined ? undefined : commandInManifest(look, request)
  return {
    look,
    ...defined({ image, command }),
    madeBy: `spillway fanout ${'run' in request.of ? request.of.run : look.source} --as ${request.as}`,
  }
}
