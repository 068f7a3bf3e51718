import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';

/** Docker, containerd and others; Fargate tasks; Garden (Cloud Foundry). */
const ID = '[0-9a-f]{64}|[0-9a-f]{32}-\\d+|[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_](?:[0-9a-f]{12}|[0-9a-f]{4})';
const AT_END_OF_CGROUP = new RegExp(`(${ID})(?:\\.scope)?$`);
const IN_MOUNT = new RegExp(`/([^\\s/]+)/(${ID})/\\S*hostname`);
/** The first inode of a cgroup namespace, which is the host's. @see linux/proc_ns.h */
const HOST_NAMESPACE = 0xeffffffb;
const MOUNT_POINT = '/sys/fs/cgroup';

/** What is read of the system. Both answer undefined instead of throwing. */
export interface ProcessFiles {
  text(path: string): string | undefined;
  inode(path: string): number | undefined;
}

/**
 * Which container this process runs in, as field `c:` carries it: `ci-<container id>`, or `in-<inode of its cgroup>` where a
 * namespace hides the id; undefined outside of containers and of Linux.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/#dogstatsd-protocol-v14
 */
export function localData(files: ProcessFiles = systemFiles): string | undefined {
  const cgroups = files.text('/proc/self/cgroup') ?? '';
  const id = idInCgroups(cgroups) ?? idInMounts(files.text('/proc/self/mountinfo') ?? '');
  if (id !== undefined) return `ci-${id}`;
  if (files.inode('/proc/self/ns/cgroup') === HOST_NAMESPACE) return undefined;
  // Less than three is no inode of a directory, but of a root that every container has.
  const inode = cgroupDirectories(cgroups)
    .map(files.inode)
    .find((number = 0) => number > 2);
  return inode === undefined ? undefined : `in-${inode}`;
}

/** @param text lines of `hierarchy:controllers:path`. */
function idInCgroups(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const id = AT_END_OF_CGROUP.exec(line)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Container runtimes mount a file `hostname` from a folder of the container. */
function idInMounts(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, folder, id] = IN_MOUNT.exec(line) ?? [];
    // The sandbox of a pod is another container.
    if (id !== undefined && folder !== 'sandboxes') return id;
  }
  return undefined;
}

/** The folders of the two hierarchies that the Agent looks at: version 1 of controller `memory`, and version 2. */
function cgroupDirectories(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, controllers, path = ''] = line.split(':');
    if (path === '' || path.includes('..') || (controllers !== 'memory' && controllers !== '')) return [];
    return posix.join(MOUNT_POINT, controllers, path);
  });
}

const systemFiles: ProcessFiles = {
  text: (path) => attempt(() => readFileSync(path, 'utf8')),
  inode: (path) => attempt(() => statSync(path).ino),
};

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
