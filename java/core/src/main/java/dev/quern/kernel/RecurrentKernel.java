package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.bindings.RecurrentDescriptor;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A recurrent layer over sequences, one step per row. */
public final class RecurrentKernel {
  private final RecurrentDescriptor descriptor;

  /** The rule of a step, as the native enum names it. */
  public enum Kind {
    RNN_TANH(Quern.QUERN_RNN_TANH),
    RNN_RELU(Quern.QUERN_RNN_RELU),
    LSTM(Quern.QUERN_LSTM),
    GRU(Quern.QUERN_GRU),
    GRU_RESET_FIRST(Quern.QUERN_GRU_RESET_FIRST);

    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  /** The order of the steps, as the native enum names it. */
  public enum Order {
    FORWARD(Quern.QUERN_DIRECTION_FORWARD),
    REVERSE(Quern.QUERN_DIRECTION_REVERSE),
    BIDIRECTIONAL(Quern.QUERN_DIRECTION_BIDIRECTIONAL);

    private final int code;

    Order(int code) {
      this.code = code;
    }
  }

  /**
   * Options of a recurrent layer.
   *
   * @param cell whether the output is the sequence of an LSTM's cell states
   * @param backward whether to pack weights for the backward pass, too
   */
  public record Options(
      Kind kind, Order order, long features, long hiddenSize, boolean cell, boolean backward) {}

  /**
   * The weights of one direction, or their gradients. Biases and states may be null; of gradients,
   * all may be null.
   */
  public record Tensors(
      FloatPointer weightIh,
      FloatPointer weightHh,
      FloatPointer biasIh,
      FloatPointer biasHh,
      FloatPointer h,
      FloatPointer c) {}

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   */
  public RecurrentKernel(Pointer at, long batch, long steps, Options options) {
    descriptor =
        new RecurrentDescriptor(at)
            .kind(options.kind().code)
            .batch(batch)
            .steps(steps)
            .in_features(options.features())
            .hidden_size(options.hiddenSize())
            .direction(options.order().code)
            .cell(options.cell() ? 1 : 0)
            .inference(options.backward() ? 0 : 1)
            .type(Quern.QUERN_F32);
  }

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /** Returns the size in bytes of the packed weights of all directions. */
  public long packedSize() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_recurrent_packed_size(descriptor, bytes));
    return bytes[0];
  }

  /** Packs the weights of one direction, 0 or 1. */
  public void pack(int direction, Tensors weights, Pointer packed) {
    Status.check(
        Quern.quern_recurrent_pack(
            descriptor,
            direction,
            weights.weightIh(),
            weights.weightHh(),
            weights.biasIh(),
            weights.biasHh(),
            weights.h(),
            weights.c(),
            packed));
  }

  /** Returns the number of bytes that the forward pass saves for the backward pass. */
  public long savedBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_recurrent_saved_size(descriptor, bytes));
    return bytes[0];
  }

  /** Returns the workspace size of the backward pass in bytes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_recurrent_workspace(descriptor, bytes));
    return bytes[0];
  }

  public void forward(Pointer src, Pointer packed, Pointer dst, FloatPointer saved) {
    Status.check(Quern.quern_recurrent_forward(descriptor, src, packed, dst, saved));
  }

  /** Runs the backward pass; {@link #backwardWeights} reads what it leaves in the workspace. */
  public void backward(
      Pointer packed,
      FloatPointer saved,
      Pointer diffDst,
      Pointer diffSrcOrNull,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_recurrent_backward(
            descriptor, packed, saved, diffDst, diffSrcOrNull, workspace, bytes));
  }

  /** Computes the gradients of one direction's weights, after {@link #backward}. */
  public void backwardWeights(
      int direction,
      Pointer src,
      FloatPointer saved,
      Tensors diffs,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_recurrent_backward_weights(
            descriptor,
            direction,
            src,
            saved,
            diffs.weightIh(),
            diffs.weightHh(),
            diffs.biasIh(),
            diffs.biasHh(),
            diffs.h(),
            diffs.c(),
            workspace,
            bytes));
  }
}
