/**
 * The test vectors of the MLS working group at cipher suite 1, through the patched engine's own functions with our
 * provider. They are read from beside the project; where they are not, one line says so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js'
import { defaultAuthenticationService } from 'ts-mls/authenticationService.js'
import { joinGroup, makePskIndex } from 'ts-mls/clientState.js'
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js'
import { determineLength } from 'ts-mls/codec/variableLength.js'
import { decodeCommit, encodeCommit } from 'ts-mls/commit.js'
import { applyUpdatePathSecret } from 'ts-mls/createCommit.js'
import { refhash } from 'ts-mls/crypto/hash.js'
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js'
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js'
import { encodeGroupContext } from 'ts-mls/groupContext.js'
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js'
import { initializeEpoch, mlsExporter } from 'ts-mls/keySchedule.js'
import { verifyLeafNodeSignature } from 'ts-mls/leafNode.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { protectApplicationData, unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js'
import { verifyParentHashes } from 'ts-mls/parentHash.js'
import { getCommitSecret } from 'ts-mls/pathSecrets.js'
import { computePskSecret } from 'ts-mls/presharedkey.js'
import { toPrivateKeyPath } from 'ts-mls/privateKeyPath.js'
import { processPrivateMessage, processPublicMessage } from 'ts-mls/processMessages.js'
import { decodeProposal, encodeProposal } from 'ts-mls/proposal.js'
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from 'ts-mls/ratchetTree.js'
import { createSecretTree, ratchetToGeneration } from 'ts-mls/secretTree.js'
import { expandSenderDataKey, expandSenderDataNonce, type ReuseGuard } from 'ts-mls/sender.js'
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js'
import { treeHash, treeHashRoot } from 'ts-mls/treeHash.js'
import {
  left,
  nodeToLeafIndex,
  nodeWidth,
  parent,
  right,
  root,
  sibling,
  toLeafIndex,
  toNodeIndex,
} from 'ts-mls/treemath.js'
import { applyUpdatePath, createUpdatePath, decodeUpdatePath } from 'ts-mls/updatePath.js'
import { bytesToBase64 } from 'ts-mls/util/byteArray.js'
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js'
import { expect, test } from 'vitest'
import { engineConfig } from './engine.ts'
import { keyPackageReference } from './key-package.ts'
import { SUITE_NAME, suite } from './provider.ts'

const folder = new URL('../../../../shared/data/mls-test-vectors/', import.meta.url)
const { hash, hpke, kdf, signature } = suite

/** A vector is JSON of strings in hex, numbers, lists and objects; each test knows what it reads. */
// biome-ignore lint/suspicious/noExplicitAny: sixteen formats, read once each
type Vector = any
const FILES: Record<string, (vector: Vector) => unknown> = {
  'crypto-basics': cryptoBasics,
  deserialization: ({ vlbytes_header, length }) =>
    expect(determineLength(hex(vlbytes_header)).length).toBe(length),
  'key-schedule': keySchedule,
  'message-protection': messageProtection,
  messages,
  'passive-client-handling-commit': passiveClient,
  'passive-client-random': passiveClient,
  'passive-client-welcome': passiveClient,
  psk_secret: pskSecret,
  'secret-tree': secretTree,
  'transcript-hashes': transcriptHashes,
  'tree-math': treeMath,
  'tree-operations': treeOperations,
  'tree-validation': treeValidation,
  treekem: treeKem,
  welcome,
}

if (existsSync(folder)) {
  for (const [name, check] of Object.entries(FILES)) {
    test(`vectors: ${name}`, async () => {
      const vectors: Vector[] = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
      expect(vectors.length).toBeGreaterThan(0)
      for (const vector of vectors) await check(vector)
    })
  }
} else {
  process.stdout.write(
    `vectors: not run, for they are not beside the project: ${Object.keys(FILES).join(', ')}\n`,
  )
  test('vectors: not here, and said so', () => expect(existsSync(folder)).toBe(false))
}

async function cryptoBasics(vector: Vector) {
  const { derive_secret, derive_tree_secret: tree, expand_with_label: expand, ref_hash } = vector
  expect(await deriveSecret(hex(derive_secret.secret), derive_secret.label, kdf)).toEqual(
    hex(derive_secret.out),
  )
  const derived = await deriveTreeSecret(hex(tree.secret), tree.label, tree.generation, tree.length, kdf)
  expect(derived).toEqual(hex(tree.out))
  const expanded = await expandWithLabel(
    hex(expand.secret),
    expand.label,
    hex(expand.context),
    expand.length,
    kdf,
  )
  expect(expanded).toEqual(hex(expand.out))
  expect(await refhash(ref_hash.label, hex(ref_hash.value), hash)).toEqual(hex(ref_hash.out))
  await signing(vector.sign_with_label)
  await sealing(vector.encrypt_with_label)
}

async function signing({ pub, priv, label, content, signature: given }: Vector) {
  const made = await signWithLabel(hex(priv), label, hex(content), signature)
  for (const each of [hex(given), made]) {
    expect(await verifyWithLabel(hex(pub), label, hex(content), each, signature)).toBe(true)
  }
}

async function sealing({ priv, pub, label, context, kem_output, ciphertext, plaintext }: Vector) {
  const privateKey = await hpke.importPrivateKey(hex(priv))
  const publicKey = await hpke.importPublicKey(hex(pub))
  const made = await encryptWithLabel(publicKey, label, hex(context), hex(plaintext), hpke)
  for (const { enc, ct } of [made, { enc: hex(kem_output), ct: hex(ciphertext) }]) {
    expect(await decryptWithLabel(privateKey, label, hex(context), enc, ct, hpke)).toEqual(hex(plaintext))
  }
}

async function keySchedule({ group_id, initial_init_secret, epochs }: Vector) {
  let initSecret = hex(initial_init_secret)
  for (const [index, epoch] of epochs.entries()) {
    const context = contextOf({ ...epoch, group_id, epoch: index })
    expect(encodeGroupContext(context)).toEqual(hex(epoch.group_context))
    const made = await initializeEpoch(
      initSecret,
      hex(epoch.commit_secret),
      context,
      hex(epoch.psk_secret),
      kdf,
    )
    const { keySchedule: keys } = made
    expect(made.joinerSecret).toEqual(hex(epoch.joiner_secret))
    expect(made.welcomeSecret).toEqual(hex(epoch.welcome_secret))
    expect(made.encryptionSecret).toEqual(hex(epoch.encryption_secret))
    expect(keys.initSecret).toEqual(hex(epoch.init_secret))
    expect(keys.senderDataSecret).toEqual(hex(epoch.sender_data_secret))
    expect(keys.exporterSecret).toEqual(hex(epoch.exporter_secret))
    expect(keys.externalSecret).toEqual(hex(epoch.external_secret))
    expect(keys.confirmationKey).toEqual(hex(epoch.confirmation_key))
    expect(keys.membershipKey).toEqual(hex(epoch.membership_key))
    expect(keys.resumptionPsk).toEqual(hex(epoch.resumption_psk))
    expect(keys.epochAuthenticator).toEqual(hex(epoch.epoch_authenticator))
    const { publicKey } = await hpke.deriveKeyPair(keys.externalSecret)
    expect(await hpke.exportPublicKey(publicKey)).toEqual(hex(epoch.external_pub))
    const { label, context: about, length, secret } = epoch.exporter
    expect(await mlsExporter(keys.exporterSecret, label, hex(about), length, suite)).toEqual(hex(secret))
    initSecret = keys.initSecret
  }
}

async function messageProtection(vector: Vector) {
  const context = contextOf(vector)
  const tree = twoLeaves()
  const secrets = () => createSecretTree(2, hex(vector.encryption_secret), kdf)
  const { keyRetentionConfig: retention, paddingConfig } = engineConfig
  const open = async (bytes: Uint8Array) => {
    const message = decodeMlsMessage(bytes, 0)![0]
    if (message.wireformat !== 'mls_private_message') throw new Error('not a private message')
    const [secret, key] = [hex(vector.sender_data_secret), hex(vector.signature_pub)]
    const opened = await unprotectPrivateMessage(
      secret,
      message.privateMessage,
      await secrets(),
      tree,
      context,
      retention,
      suite,
      key,
    )
    return opened.content.content
  }
  expect(await open(hex(vector.application_priv))).toMatchObject({ applicationData: hex(vector.application) })
  expect(await open(hex(vector.proposal_priv))).toMatchObject({
    proposal: whole(decodeProposal, vector.proposal),
  })
  expect(await open(hex(vector.commit_priv))).toMatchObject({ commit: whole(decodeCommit, vector.commit) })
  const made = await protectApplicationData(
    hex(vector.signature_priv),
    hex(vector.sender_data_secret),
    hex(vector.application),
    new Uint8Array(),
    context,
    await secrets(),
    1,
    paddingConfig,
    suite,
  )
  const { privateMessage } = made
  const bytes = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
  expect(await open(bytes)).toMatchObject({ applicationData: hex(vector.application) })
  for (const [name, part] of [
    ['proposal_pub', 'proposal'],
    ['commit_pub', 'commit'],
  ] as const) {
    const message = decodeMlsMessage(hex(vector[name]), 0)![0]
    if (message.wireformat !== 'mls_public_message') throw new Error('not a public message')
    const [key, signer] = [hex(vector.membership_key), hex(vector.signature_pub)]
    const { content } = await unprotectPublicMessage(key, context, tree, message.publicMessage, suite, signer)
    const encoded =
      content.contentType === 'commit'
        ? encodeCommit(content.commit)
        : content.contentType === 'proposal' && encodeProposal(content.proposal)
    expect(encoded).toEqual(hex(vector[part]))
  }
}

function messages(vector: Vector) {
  const names = ['mls_welcome', 'mls_group_info', 'mls_key_package', 'private_message']
  names.push('public_message_application', 'public_message_proposal', 'public_message_commit')
  for (const name of names) {
    expect(encodeMlsMessage(whole(decodeMlsMessage, vector[name]))).toEqual(hex(vector[name]))
  }
  expect(encodeRatchetTree(whole(decodeRatchetTree, vector.ratchet_tree))).toEqual(hex(vector.ratchet_tree))
  expect(encodeCommit(whole(decodeCommit, vector.commit))).toEqual(hex(vector.commit))
}

async function passiveClient(vector: Vector) {
  const [keyPackage, message] = [vector.key_package, vector.welcome].map((text) =>
    whole(decodeMlsMessage, text),
  )
  if (keyPackage?.wireformat !== 'mls_key_package' || message?.wireformat !== 'mls_welcome')
    throw new Error('mixed up')
  const privateKeys = {
    hpkePrivateKey: hex(vector.encryption_priv),
    initPrivateKey: hex(vector.init_priv),
    signaturePrivateKey: hex(vector.signature_priv),
  }
  const psks = Object.fromEntries(
    vector.external_psks.map(({ psk_id, psk }: Vector) => [bytesToBase64(hex(psk_id)), hex(psk)]),
  )
  const tree = vector.ratchet_tree ? whole(decodeRatchetTree, vector.ratchet_tree) : undefined
  const config = { ...engineConfig, authService: defaultAuthenticationService }
  const pskIndex = makePskIndex(undefined, psks)
  let state = await joinGroup(
    message.welcome,
    keyPackage.keyPackage,
    privateKeys,
    pskIndex,
    suite,
    tree,
    undefined,
    config,
  )
  expect(state.keySchedule.epochAuthenticator).toEqual(hex(vector.initial_epoch_authenticator))
  for (const { proposals, commit, epoch_authenticator } of vector.epochs) {
    for (const text of [...proposals, commit]) {
      const next = whole(decodeMlsMessage, text)
      const search = makePskIndex(state, psks)
      if (next.wireformat === 'mls_private_message') {
        state = (await processPrivateMessage(state, next.privateMessage, search, suite)).newState
      } else if (next.wireformat === 'mls_public_message') {
        state = (await processPublicMessage(state, next.publicMessage, search, suite)).newState
      } else throw new Error('neither proposal nor commit')
    }
    expect(state.keySchedule.epochAuthenticator).toEqual(hex(epoch_authenticator))
  }
}

async function pskSecret({ psks, psk_secret }: Vector) {
  const list = psks.map(({ psk_id, psk, psk_nonce }: Vector) => [
    { psktype: 'external', pskId: hex(psk_id), pskNonce: hex(psk_nonce) },
    hex(psk),
  ])
  expect(await computePskSecret(list, suite)).toEqual(hex(psk_secret))
}

async function secretTree({ sender_data: sender, encryption_secret, leaves }: Vector) {
  const [secret, ciphertext] = [hex(sender.sender_data_secret), hex(sender.ciphertext)]
  expect(await expandSenderDataKey(suite, secret, ciphertext)).toEqual(hex(sender.key))
  expect(await expandSenderDataNonce(suite, secret, ciphertext)).toEqual(hex(sender.nonce))
  let tree = await createSecretTree(leaves.length, hex(encryption_secret), kdf)
  for (const [leafIndex, generations] of leaves.entries()) {
    for (const expected of generations) {
      const data = { leafIndex, generation: expected.generation, reuseGuard: new Uint8Array(4) as ReuseGuard }
      for (const [type, name] of [
        ['application', 'application'],
        ['commit', 'handshake'],
      ] as const) {
        const made = await ratchetToGeneration(tree, data, type, engineConfig.keyRetentionConfig, suite)
        expect(made.key).toEqual(hex(expected[`${name}_key`]))
        expect(made.nonce).toEqual(hex(expected[`${name}_nonce`]))
        tree = made.newTree
      }
    }
  }
}

async function transcriptHashes(vector: Vector) {
  const { wireformat, content, auth } = whole(decodeAuthenticatedContent, vector.authenticated_content)
  if (content.contentType !== 'commit' || auth.contentType !== 'commit') throw new Error('not a commit')
  const confirmed = hex(vector.confirmed_transcript_hash_after)
  expect(await hash.verifyMac(hex(vector.confirmation_key), auth.confirmationTag, confirmed)).toBe(true)
  const input = { wireformat, content, signature: auth.signature }
  expect(await createConfirmedHash(hex(vector.interim_transcript_hash_before), input, hash)).toEqual(
    confirmed,
  )
  const interim = await createInterimHash(confirmed, auth.confirmationTag, hash)
  expect(interim).toEqual(hex(vector.interim_transcript_hash_after))
}

function treeMath({ n_leaves, n_nodes, root: top, ...relations }: Vector) {
  expect(nodeWidth(n_leaves)).toBe(n_nodes)
  expect(root(n_leaves)).toBe(top)
  for (const [name, relation] of Object.entries({ left, right, parent, sibling })) {
    for (const [index, expected] of relations[name].entries()) {
      const find = () => relation(toNodeIndex(index), n_leaves)
      if (expected === null) expect(find).toThrow()
      else expect(find()).toBe(expected)
    }
  }
}

async function treeOperations(vector: Vector) {
  const tree = whole(decodeRatchetTree, vector.tree_before)
  expect(await treeHashRoot(tree, hash)).toEqual(hex(vector.tree_hash_before))
  const proposal = whole(decodeProposal, vector.proposal)
  let after: RatchetTree | undefined
  if (proposal.proposalType === 'add') after = addLeafNode(tree, proposal.add.keyPackage.leafNode)[0]
  if (proposal.proposalType === 'update') {
    after = updateLeafNode(tree, proposal.update.leafNode, toLeafIndex(vector.proposal_sender))
  }
  if (proposal.proposalType === 'remove') after = removeLeafNode(tree, toLeafIndex(proposal.remove.removed))
  expect(encodeRatchetTree(after!)).toEqual(hex(vector.tree_after))
  expect(await treeHashRoot(after!, hash)).toEqual(hex(vector.tree_hash_after))
}

async function treeValidation(vector: Vector) {
  const tree = whole(decodeRatchetTree, vector.tree)
  for (const [index, expected] of vector.tree_hashes.entries()) {
    expect(await treeHash(tree, toNodeIndex(index), hash)).toEqual(hex(expected))
  }
  for (const [index, expected] of vector.resolutions.entries()) {
    expect(resolution(tree, toNodeIndex(index))).toEqual(expected)
  }
  expect(await verifyParentHashes(tree, hash)).toBe(true)
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== 'leaf') continue
    const leaf = nodeToLeafIndex(toNodeIndex(index))
    expect(await verifyLeafNodeSignature(node.leaf, hex(vector.group_id), leaf, signature)).toBe(true)
  }
}

async function treeKem(vector: Vector) {
  const tree = whole(decodeRatchetTree, vector.ratchet_tree)
  const context = { ...contextOf({ ...vector, tree_hash: '' }), treeHash: await treeHashRoot(tree, hash) }
  const holders = await Promise.all(
    vector.leaves_private.map(async ({ index, path_secrets, encryption_priv, signature_priv }: Vector) => {
      const secrets = Object.fromEntries(
        path_secrets.map(({ node, path_secret }: Vector) => [node, hex(path_secret)]),
      )
      const path = await toPrivateKeyPath(secrets, index, suite)
      const privateKeys = { ...path.privateKeys, [index * 2]: hex(encryption_priv) }
      return { path: { ...path, privateKeys }, signingKey: hex(signature_priv) }
    }),
  )
  for (const { sender, update_path, tree_hash_after, path_secrets, commit_secret } of vector.update_paths) {
    const path = whole(decodeUpdatePath, update_path)
    const from = toLeafIndex(sender)
    const after = await applyUpdatePath(tree, from, path, hash)
    expect(await treeHashRoot(after, hash)).toEqual(hex(tree_hash_after))
    const at = { ...context, treeHash: hex(tree_hash_after) }
    const { signingKey } = holders.find((holder) => holder.path.leafIndex === sender)!
    const [made, newPath, secrets] = await createUpdatePath(tree, from, at, signingKey, suite)
    const madeAt = { ...context, treeHash: await treeHashRoot(made, hash), epoch: context.epoch + 1n }
    for (const { path: keys } of holders) {
      if (keys.leafIndex === sender) continue
      const opened = await applyUpdatePathSecret(tree, keys, from, at, path, [], suite)
      expect(opened.pathSecret).toEqual(hex(path_secrets[keys.leafIndex]))
      expect(await getCommitSecret(after, opened.nodeIndex, opened.pathSecret, kdf)).toEqual(
        hex(commit_secret),
      )
      const own = await applyUpdatePathSecret(tree, keys, from, madeAt, newPath, [], suite)
      const ownSecret = await getCommitSecret(made, own.nodeIndex, own.pathSecret, kdf)
      expect(ownSecret).toEqual(await deriveSecret(secrets.at(-1)!.secret, 'path', kdf))
    }
  }
}

async function welcome(vector: Vector) {
  const [message, keyPackage] = [vector.welcome, vector.key_package].map((text) =>
    whole(decodeMlsMessage, text),
  )
  if (message?.wireformat !== 'mls_welcome' || keyPackage?.wireformat !== 'mls_key_package')
    throw new Error('mixed up')
  const reference = keyPackageReference(keyPackage.keyPackage)
  const key = await hpke.importPrivateKey(hex(vector.init_priv))
  const secrets = await decryptGroupSecrets(key, reference, message.welcome, hpke)
  const noPsk = new Uint8Array(kdf.size)
  const info = await decryptGroupInfo(message.welcome, secrets!.joinerSecret, noPsk, suite)
  expect(await verifyGroupInfoConfirmationTag(info!, secrets!.joinerSecret, noPsk, suite)).toBe(true)
  expect(await verifyGroupInfoSignature(info!, hex(vector.signer_pub), signature)).toBe(true)
}

function contextOf({ group_id, epoch, tree_hash, confirmed_transcript_hash }: Vector) {
  return {
    version: 'mls10' as const,
    cipherSuite: SUITE_NAME as typeof suite.name,
    groupId: hex(group_id),
    epoch: BigInt(epoch),
    treeHash: hex(tree_hash),
    confirmedTranscriptHash: hex(confirmed_transcript_hash),
    extensions: [],
  }
}

/** A tree in which leaf 1 exists. */
function twoLeaves(): RatchetTree {
  const nothing = new Uint8Array()
  const capabilities = { versions: [], ciphersuites: [], extensions: [], proposals: [], credentials: [] }
  const credential = { credentialType: 'basic' as const, identity: nothing }
  const keys = {
    hpkePublicKey: nothing,
    signaturePublicKey: nothing,
    signature: nothing,
    parentHash: nothing,
  }
  const leaf = { leafNodeSource: 'commit' as const, ...keys, capabilities, credential, extensions: [] }
  return [undefined, undefined, { nodeType: 'leaf', leaf }]
}

function whole<T>(decode: Decoder<T>, text: string): T {
  const bytes = hex(text)
  const [value, length] = decode(bytes, 0)!
  expect(length).toBe(bytes.length)
  return value
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'))
}
