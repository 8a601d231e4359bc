const NOT_IN_A_NAME = /[^a-z0-9]+/g

/**
 * Commands that stop the consumers of a group, by the usual ways of running them. The names are the group's, for want of
 * better: the operator puts in their own. KEDA goes first: it would scale up again on the lag. An HPA needs nothing, it
 * rests while the count is 0 (Kubernetes documentation, "Implicit maintenance-mode deactivation").
 */
export const stopCommands = (group: string): readonly string[] => {
  const name =
    group
      .toLowerCase()
      .replace(NOT_IN_A_NAME, '-')
      .replace(/^-+|-+$/g, '') || 'CONSUMERS'
  return [
    `kubectl annotate scaledobject/${name} autoscaling.keda.sh/paused-replicas=0 --overwrite`,
    `kubectl scale deployment/${name} --replicas=0`,
    `systemctl stop ${name}`,
    `docker stop ${name}`,
  ]
}
