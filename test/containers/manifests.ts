import { join } from 'node:path'
import { findTool } from '../support/tools.ts'
import type { Run } from './run.ts'

/** It has the schemas of Kubernetes in it, so that no cluster is asked. */
const VALIDATOR = 'sigs.k8s.io/kubectl-validate@v0.0.4'
const KUBERNETES = '1.29'

/** Checks the manifests by the schemas of Kubernetes. Throws where one does not fit. Returns what was done, for people. */
export const checkManifests = async (run: Run, folder: string): Promise<string> => {
  if (findTool('go') === null) return 'not checked by schema: that needs Go, which builds kubectl-validate'
  // The command `env` has the program put into our own folder.
  await run('env', [`GOBIN=${folder}`, 'go', 'install', VALIDATOR])
  await run(join(folder, 'kubectl-validate'), ['deploy/kubernetes', '--version', KUBERNETES])
  return `fit the schemas of ${KUBERNETES}`
}
