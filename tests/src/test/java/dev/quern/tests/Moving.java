package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.reference.layer.shape.ChannelShuffleReference;
import dev.quern.reference.layer.shape.ChunkReference;
import dev.quern.reference.layer.shape.GatherReference;
import dev.quern.reference.layer.shape.PermuteReference;
import dev.quern.reference.layer.shape.ReshapeReference;
import dev.quern.reference.layer.shape.SliceReference;

/** Layers that put numbers elsewhere, or leave some out. */
final class Moving {
  private Moving() {}

  static Twinned of(Permute l) {
    return Twinned.of(
        l,
        "strided_copy",
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        PermuteReference::forward,
        PermuteReference::backward,
        Moving::typical);
  }

  static Twinned of(Slice l) {
    return Twinned.of(
        l,
        "strided_copy",
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        SliceReference::forward,
        SliceReference::backward,
        Moving::typical);
  }

  static Twinned of(Chunk l) {
    return Twinned.of(
        l,
        "strided_copy",
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        ChunkReference::forward,
        ChunkReference::backward,
        Moving::typical);
  }

  static Twinned of(Gather l) {
    return Twinned.of(
        l,
        "gather",
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        GatherReference::forward,
        GatherReference::backward,
        Moving::typical);
  }

  static Twinned of(ChannelShuffle l) {
    return Twinned.of(
        l,
        "strided_copy",
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        ChannelShuffleReference::forward,
        ChannelShuffleReference::backward,
        Moving::typical);
  }

  static Twinned of(Reshape l) {
    return Twinned.of(
        l,
        null,
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        ReshapeReference::forward,
        ReshapeReference::backward,
        Moving::typical);
  }

  private static double typical(int inputs, int outputs) {
    return Compare.typical(Math.max(1, inputs / outputs));
  }
}
