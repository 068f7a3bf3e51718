// Detects the container of this process.
import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';

/** Ids of Docker, containerd and others; of Fargate tasks; of Garden (Cloud Foundry). */
const ID = '[0-9a-f]{64}|[0-9a-f]{32}-\\d+|[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_](?:[0-9a-f]{12}|[0-9a-f]{4})';
const AT_END_OF_CGROUP = new RegExp(`(${ID})(?:\\.scope)?$`);
const IN_MOUNT = new RegExp(`/([^\\s/]+)/(${ID})/\\S*hostname`);
/** The inode of the host's cgroup namespace. @see linux/proc_ns.h */
const HOST_NAMESPACE = 0xeffffffb;
const MOUNT_POINT = '/sys/fs/cgroup';

/** Reads of the file system. Both return undefined instead of throwing. */
export interface ProcessFiles {
  text(path: string): string | undefined;
  inode(path: string): number | undefined;
}

/**
 * Returns the container of this process for field `c:`: `ci-<container id>`, or `in-<inode of its cgroup>` if a namespace
 * hides the id. Returns undefined outside of containers and of Linux.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/#dogstatsd-protocol-v14
 */
export function detectContainerId(files: ProcessFiles = systemFiles): string | undefined {
  const cgroups = files.text('/proc/self/cgroup') ?? '';
  const id = findIdInCgroups(cgroups) ?? findIdInMounts(files.text('/proc/self/mountinfo') ?? '');
  if (id !== undefined) return `ci-${id}`;
  if (files.inode('/proc/self/ns/cgroup') === HOST_NAMESPACE) return undefined;
  // An inode below three is not a directory's but that of a root, which every container has.
  const inode = cgroupDirectories(cgroups)
    .map(files.inode)
    .find((number = 0) => number > 2);
  return inode === undefined ? undefined : `in-${inode}`;
}

/** @param text lines of `hierarchy:controllers:path`. */
function findIdInCgroups(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const id = AT_END_OF_CGROUP.exec(line)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Container runtimes mount a file `hostname` from a folder whose name is the id of the container. */
function findIdInMounts(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, folder, id] = IN_MOUNT.exec(line) ?? [];
    // The id of a sandbox is that of its pod.
    if (id !== undefined && folder !== 'sandboxes') return id;
  }
  return undefined;
}

/** Returns the folders of the two hierarchies that the Agent reads: controller `memory` of version 1, and version 2. */
function cgroupDirectories(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, controllers, path = ''] = line.split(':');
    if (path === '' || path.includes('..') || (controllers !== 'memory' && controllers !== '')) return [];
    return posix.join(MOUNT_POINT, controllers, path);
  });
}

const systemFiles: ProcessFiles = {
  text: (path) => orUndefined(() => readFileSync(path, 'utf8')),
  inode: (path) => orUndefined(() => statSync(path).ino),
};

function orUndefined<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
