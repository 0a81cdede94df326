#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# boot.sh ROOT -- boots the Debian in ROOT under its own systemd, in namespaces of its own: processes, mounts, network (a
# loopback and nothing else), host name, control groups.  Systemd is process 1 there; whoever ends this process ends all of
# it.  As root.  What systemd says goes to standard error.
set -eu
if [ "${2-}" != inside ]; then
	exec unshare --fork --kill-child --pid --mount --net --ipc --uts --cgroup --propagation private "$0" "$1" inside
fi
root=$1
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
	: >"$root/dev/$node"
	mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
hostname heimamt-test
# not chroot: PrivateUsers= of our units makes namespaces, which a process in one may not
cd "$root"
pivot_root . .
umount -l .
exec env -i container=heimamt-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --log-target=console --log-color=no --show-status=no --unit=multi-user.target
