import { WORKSHOP } from "./workshop.ts";

/**
 * Process 1 of a sandbox, run by `sh`. It may wait a long time for the line that says what sandbox it is: the corner of
 * the workshop and, unless it is the default, the host name.
 *
 * The new root is moved on top of the old one and not pivoted to: after a pivot no program of this machine could be
 * started any more to take the old root away. What runs inside never has power over these mounts (its user namespace
 * is another), and in a mount namespace of its own all of them are locked, so nothing can uncover what lies below.
 * Whether the move has happened is looked up from outside: see `requireMoved`.
 */
export const INIT_SCRIPT = `read -r pid _ </proc/self/stat
echo "ready $pid"
read -r corner hostname || exit 0
if [ -n "$hostname" ]; then hostname "$hostname" || exit 1; fi
mount -n -a -T "$corner/fstab" || exit 1
cd ${WORKSHOP}/root || exit 1
mount -n --move . /
echo done
# The input ends when whoever started us lets go of it or dies. It is a child that reads it, because this process has to
# wait: that reaps the orphans that end. A child killed from inside is started again.
exec 3<&0
while :; do
  (read -r _ <&3) &
  wait $!
  if [ $? -le 1 ]; then exit 0; fi
done
`;
