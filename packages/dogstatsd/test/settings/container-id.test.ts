import fs from 'node:fs';
import { DogStatsdMetricsBackend } from '../../src/index.js';
import { detectContainerId } from '../../src/settings/container-id.js';

const HOST_NAMESPACE = 4_026_531_835;
const ID = '3726184226f5d3147c25fdeab5b60097e378e8a720503a5e19ecfdf29f869860';

/** A Linux with these files, and these inodes; everything else does not exist. */
function linux(texts: Record<string, string>, inodes: Record<string, number> = {}) {
  return { text: (path: string) => texts[path], inode: (path: string) => inodes[path] };
}

// Files as runtimes write them, from their documentation and from machines that run them.
test.each([
  [
    'Docker under cgroup v1',
    `13:name=systemd:/docker/${ID}\n12:pids:/docker/${ID}\n4:memory:/docker/${ID}\n1:cpu:/docker/${ID}\n`,
    `ci-${ID}`,
  ],
  [
    'Kubernetes under cgroup v1',
    `11:perf_event:/kubepods/burstable/pod3d274242-8ee0-11e9-a8a6-1e68d864ef1a/${ID}\n1:name=systemd:/kubepods/x/${ID}\n`,
    `ci-${ID}`,
  ],
  [
    'Kubernetes with systemd under cgroup v2',
    `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod2d3da189_6407_48e3_9ab6_78188d75e609.slice/cri-containerd-${ID}.scope\n`,
    `ci-${ID}`,
  ],
  [
    'ECS on EC2',
    `9:perf_event:/ecs/haissam-ecs-classic/5a0d5ceddf6c44c1928d367a815d890f/${ID}\n8:memory:/ecs/x/${ID}\n`,
    `ci-${ID}`,
  ],
  [
    'Fargate 1.3',
    `11:hugetlb:/ecs/55091c13-b8cf-4801-b527-f4601742204d/${ID}\n10:pids:/ecs/55091c13-b8cf-4801-b527-f4601742204d/${ID}\n`,
    `ci-${ID}`,
  ],
  [
    'Fargate 1.4',
    '11:hugetlb:/ecs/34dc0b5e626f2c5c4c5170e34b10e765-1234567890\n1:name=systemd:/ecs/34dc0b5e626f2c5c4c5170e34b10e765-1234567890\n',
    'ci-34dc0b5e626f2c5c4c5170e34b10e765-1234567890',
  ],
  [
    'Garden',
    '1:name=systemd:/system.slice/garden.service/garden/6f265890-5165-7fab-6b52-18d1\n',
    'ci-6f265890-5165-7fab-6b52-18d1',
  ],
  ['a service on a host', '1:name=systemd:/system.slice/nginx.service\n0::/system.slice/nginx.service\n', undefined],
  ['a login on a host', '0::/user.slice/user-1000.slice/session-2.scope\n', undefined],
  ['garbage', '\n:::\n12\nx:y\n\0', undefined],
  ['nothing', '', undefined],
])('the cgroup file of %s', (_where, cgroup, expected) => {
  expect(detectContainerId(linux({ '/proc/self/cgroup': cgroup }, { '/proc/self/ns/cgroup': HOST_NAMESPACE }))).toBe(
    expected,
  );
});

test.each([
  [
    'Docker',
    `2282 2269 8:1 /var/lib/docker/containers/${ID}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/sda1 rw\n2283 2269 8:1 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n`,
    `ci-${ID}`,
  ],
  [
    'Podman',
    `1258 1249 0:99 /containers/overlay-containers/${ID}/userdata/hostname /etc/hostname rw,nosuid - tmpfs tmpfs rw\n`,
    `ci-${ID}`,
  ],
  [
    'a pod under containerd, which mounts only files of the sandbox',
    `2208 2193 259:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${ID}/hostname /etc/hostname rw - ext4 /dev/x rw\n`,
    'in-1234',
  ],
])('the mounts of %s in its own cgroup namespace', (_where, mounts, expected) => {
  const files = linux(
    { '/proc/self/cgroup': '0::/\n', '/proc/self/mountinfo': mounts },
    { '/proc/self/ns/cgroup': 4_026_532_545, '/sys/fs/cgroup/': 1234 },
  );
  expect(detectContainerId(files)).toBe(expected);
});

describe('the inode of the cgroup', () => {
  test('is that of the controller memory under cgroup v1', () => {
    const files = linux(
      { '/proc/self/cgroup': '3:cpu:/\n2:memory:/\n1:name=systemd:/\n' },
      { '/proc/self/ns/cgroup': 4_026_532_545, '/sys/fs/cgroup/memory/': 77, '/sys/fs/cgroup/cpu/': 88 },
    );
    expect(detectContainerId(files)).toBe('in-77');
  });

  test('is not used on the host, on which every process has the same', () => {
    const files = linux(
      { '/proc/self/cgroup': '0::/\n' },
      { '/proc/self/ns/cgroup': HOST_NAMESPACE, '/sys/fs/cgroup/': 1234 },
    );
    expect(detectContainerId(files)).toBeUndefined();
  });

  test.each([0, 1, 2])('is not used if it is %i, as in all roots', (inode) => {
    const files = linux({ '/proc/self/cgroup': '0::/\n' }, { '/proc/self/ns/cgroup': 5, '/sys/fs/cgroup/': inode });
    expect(detectContainerId(files)).toBeUndefined();
  });

  test('is not read outside of the mount point', () => {
    const files = linux({ '/proc/self/cgroup': '0::/../../etc\n' }, { '/proc/self/ns/cgroup': 5, '/sys/etc': 1234 });
    expect(detectContainerId(files)).toBeUndefined();
  });
});

test('this machine is read without an error', () => {
  expect(detectContainerId() ?? 'in-1').toMatch(/^(ci|in)-/);
});

test('a file system that refuses everything does not keep the backend from starting', async () => {
  const refuse = (): never => {
    throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
  };
  const spies = (['readFileSync', 'statSync'] as const).map((name) => jest.spyOn(fs, name).mockImplementation(refuse));
  try {
    const backend = new DogStatsdMetricsBackend();
    expect(spies.every((spy) => spy.mock.calls.length > 0)).toBe(true);
    expect(backend.stats().origin.containerId).toBeUndefined();
    await backend.close({ timeout: 1000 });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
