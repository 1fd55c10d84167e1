import type { Client } from "pg";
import { checkpointOfNote, writeCheckpoint, type Checkpoint } from "../../core/ledger/checkpoint.ts";
import { FOLD_FROM_NOTHING, TailFold, type FoldedAt, type FoldStart } from "../../core/ledger/fold-tail.ts";
import { GrowingTree } from "../../core/ledger/merkle.ts";
import type { LedgerHead } from "../../core/ledger/types.ts";
import type { Anchor, AnchoredCheckpoint } from "../../ports/anchor.ts";
import type { Checkpoints } from "../../ports/checkpoints.ts";
import type { Signer } from "../../ports/signer.ts";
import { readHead, readRows } from "./ledger-audit.ts";
import { ledgerTools } from "./ledger-hash.ts";
import type { LedgerConnection } from "./ledger-connection.ts";
import { notAsSigned } from "./not-as-signed.ts";

const FOLD_DEADLINE_MS = 600_000;

/** A row of the table; hashes are hex. */
interface Remembered {
  readonly size: number;
  readonly root: string;
  readonly frontier: string;
  readonly note: string;
}

/** Who signs, and where the result is kept. */
export interface CheckpointOptions {
  readonly signer: Signer;
  readonly anchors: readonly Anchor[];
}

/** Signs the ledger's head, keeps it at the anchors and remembers it. */
export function ledgerCheckpoints(
  connection: LedgerConnection,
  { signer, anchors }: CheckpointOptions,
): Checkpoints {
  return {
    anchor: (retainUntil) => anchorHead(connection, signer, anchors, retainUntil),
    unanchored: () =>
      connection.run(async (client) => {
        const { rows } = await client.query<{ tail: number }>(
          `select (h.seq - coalesce((select max(c.size) from slipway_ledger.checkpoints c), 0))::int as tail
           from slipway_ledger.head h`,
        );
        return rows[0]?.tail ?? 0;
      }),
  };
}

async function anchorHead(
  connection: LedgerConnection,
  signer: Signer,
  anchors: readonly Anchor[],
  retainUntil: string,
): Promise<{ readonly size: number; readonly places: readonly string[] }> {
  const { newest, log } = await connection.run(readNewest);
  const from = newest?.size ?? 1;
  const kept = await Promise.all(
    anchors.map(async (anchor) => (await anchor.kept(log, from)).filter(({ size }) => size >= from)),
  );
  const claims = claimsOf(newest, kept.flat());

  const start = startOf(newest, signer);
  const asked = claims.map(({ size }) => size);
  const { head, folded } = await connection.run((client) => fold(client, start, asked), FOLD_DEADLINE_MS);
  const places = anchors.map(({ place }) => place);
  if (folded.contradiction !== undefined) throw notAsSigned(folded.contradiction);
  for (const claim of claims)
    checkClaim(claim, head, [start.size === claim.size ? atStart(start) : undefined, ...folded.reached]);
  if (head.seq === 0) return { size: 0, places };

  const { end, frontier } = folded;
  const isSigned = newest?.size === end.size;
  const note = isSigned
    ? newest.note
    : await signer.sign(
        writeCheckpoint({ origin: signer.name, size: end.size, root: end.root, head: end.head, log }),
      );
  await Promise.all(
    anchors.map(async (anchor, index) => {
      if (kept[index]?.some(({ size }) => size === end.size) === true) return;
      await anchor.keep({ log, size: end.size, note }, retainUntil);
    }),
  );
  if (!isSigned) {
    const parameters = [end.size, end.root, frontier.roots.join(""), note, JSON.stringify(places)];
    await connection.run((client) =>
      client.query(
        "select slipway_ledger.remember_checkpoint($1, decode($2, 'hex'), decode($3, 'hex'), $4, $5)",
        parameters,
      ),
    );
  }
  return { size: end.size, places };
}

/** What exists already and must not be contradicted. */
function claimsOf(
  newest: Remembered | undefined,
  kept: readonly AnchoredCheckpoint[],
): readonly Checkpoint[] {
  const notes = new Set([...(newest === undefined ? [] : [newest.note]), ...kept.map(({ note }) => note)]);
  return [...notes].map((note) => {
    const checkpoint = checkpointOfNote(note);
    if (checkpoint === undefined) throw notAsSigned("what is kept as a checkpoint cannot be read as one");
    return checkpoint;
  });
}

// The frontier is the database's own word. It is believed when it leads to a root that a known key has signed; otherwise
// every record is read again.
function startOf(newest: Remembered | undefined, signer: Signer): FoldStart {
  if (newest === undefined || !signer.trusts(newest.note)) return FOLD_FROM_NOTHING;
  const checkpoint = checkpointOfNote(newest.note);
  if (checkpoint === undefined) return FOLD_FROM_NOTHING;
  const roots = newest.frontier.match(/.{64}/g) ?? [];
  try {
    const tree = new GrowingTree(ledgerTools, { size: checkpoint.size, roots });
    return tree.root() === checkpoint.root
      ? { size: checkpoint.size, roots, head: checkpoint.head }
      : FOLD_FROM_NOTHING;
  } catch {
    return FOLD_FROM_NOTHING;
  }
}

function atStart(start: FoldStart): FoldedAt {
  const root = new GrowingTree(ledgerTools, start).root();
  return { size: start.size, root, head: start.head };
}

function checkClaim(claim: Checkpoint, head: LedgerHead, reached: readonly (FoldedAt | undefined)[]): void {
  if (claim.log !== head.log)
    throw notAsSigned(`a checkpoint of the ledger ${claim.log} stands among those of ${head.log}`);
  if (claim.size > head.seq) {
    throw notAsSigned(
      `${claim.size} records were signed for, and the ledger has ${head.seq}: it was set back`,
    );
  }
  const found = reached.find((one) => one?.size === claim.size);
  if (found !== undefined && found.root === claim.root && found.head === claim.head) return;
  throw notAsSigned(`the first ${claim.size} records are not those that were signed`);
}

async function readNewest(client: Client): Promise<{ newest: Remembered | undefined; log: string }> {
  const { rows } = await client.query<Omit<Remembered, "size"> & { readonly size: string }>(
    `select size, encode(root, 'hex') as root, encode(frontier, 'hex') as frontier, note
     from slipway_ledger.checkpoints order by size desc limit 1`,
  );
  const [row] = rows;
  const head = await readHead(client);
  if (head === undefined) throw notAsSigned("the row that says where the ledger ends is gone");
  return { newest: row === undefined ? undefined : { ...row, size: Number(row.size) }, log: head.log };
}

async function fold(client: Client, start: FoldStart, asked: readonly number[]) {
  await client.query("begin isolation level repeatable read read only");
  try {
    const tail = new TailFold(ledgerTools, start, asked);
    const head = await readHead(client);
    if (head === undefined) throw notAsSigned("the row that says where the ledger ends is gone");
    if (start.size > 0) await checkLast(client, start);
    await readRows(client, start.size, (row) => tail.take(row));
    return { head, folded: tail.finish(head) };
  } finally {
    await client.query("rollback");
  }
}

async function checkLast(client: Client, start: FoldStart): Promise<void> {
  const { rows } = await client.query<{ hash: string }>(
    "select encode(entry_hash, 'hex') as hash from slipway_ledger.records where seq = $1",
    [start.size],
  );
  if (rows[0]?.hash !== start.head) throw notAsSigned(`record ${start.size} is not the one that was signed`);
}
