package dev.quern.kernel;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.bindings.Resize2dDescriptor;
import dev.quern.engine.Precision;
import dev.quern.internal.Address;
import dev.quern.internal.Status;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.tensor.Shape;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A transposed convolution as the convolution that it mirrors, from its output to its input, with
 * the passes exchanged: forward is the mirror's backward data, backward data its forward, and
 * backward weights has source and gradient in each other's place. The mirror's weights are the
 * transposed convolution's as they stand.
 *
 * <p>Where output padding reaches a whole stride, the mirror makes rows or columns more than the
 * input has: zeros stand there on the way in, and they are dropped on the way out.
 */
public final class MirroredConv2d {
  private final Conv2dDescriptor mirror;

  /** From the input to what the mirror makes; null where that is the same. */
  private final Resize2dDescriptor zeros;

  private final long channels;
  private final long pixels;

  /** Of the input with its zeros, at the front of the workspace. */
  private final long paddedBytes;

  /**
   * @param memory gives {@link Descriptors#BYTES} bytes a call, which the caller owns
   * @param in one sample's shape, {@code [C, H, W]}
   */
  public MirroredConv2d(
      Supplier<Pointer> memory, ConvTranspose2d layer, long batch, Shape in, Precision precision) {
    Shape out = layer.outputShape(in);
    channels = out.dim(0);
    pixels = out.dim(1) * out.dim(2);
    mirror = Descriptors.mirror(memory.get(), layer, batch, in.dim(0), out, precision);
    Shape made =
        Shape.of(
            in.dim(0),
            in.dim(1) + layer.outputPadding().height() / layer.stride().height(),
            in.dim(2) + layer.outputPadding().width() / layer.stride().width());
    boolean same = made.equals(in);
    zeros = same ? null : Resize2d.descriptor(memory.get(), batch, in, made, 0, 0);
    paddedBytes = same ? 0 : Math.multiplyExact(made.batch(batch).elements(), 4L) / 64 * 64 + 64;
  }

  /** Sets the batch of the next passes, at most the first one. */
  public void batch(long n) {
    mirror.batch(n);
    if (zeros != null) {
      zeros.batch(n);
    }
  }

  /** The mirror's implementation; to be set before sizes are asked for. */
  public void implementation(long index) {
    mirror.implementation(index);
  }

  /** Has {@code QUERN_TUNE} choose for these passes of the mirror. */
  public long tune(Set<Conv2dTuning.Pass> passes) {
    return Conv2dTuning.choose(mirror, passes);
  }

  /** The name of what runs the forward pass, the mirror's backward data. */
  public String chosen() {
    return Conv2dImplementations.chosen(mirror, Conv2dTuning.Pass.BACKWARD_DATA);
  }

  /** The weights in the order that the mirror reads. */
  public PackedConv2d packed(FloatPointer weights, LongFunction<Pointer> room) {
    return PackedConv2d.of(mirror, weights, room);
  }

  /** Bytes that each pass can do with. */
  public long workspaceBytes() {
    long[] conv = new long[1];
    long[] sums = new long[1];
    Status.check(Quern.quern_conv2d_workspace(mirror, conv));
    Status.check(Quern.quern_column_sums_workspace(rows(), channels, sums));
    return Math.addExact(paddedBytes, Math.max(conv[0], sums[0]));
  }

  private long rows() {
    return mirror.batch() * pixels;
  }

  public void forward(
      FloatPointer src,
      Pointer packed,
      FloatPointer biasOrNull,
      FloatPointer dst,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_conv2d_backward_data(
            mirror, padded(src, workspace), packed, dst, rest(workspace), bytes - paddedBytes));
    if (biasOrNull != null) {
      Status.check(
          Quern.quern_add_bias(Quern.QUERN_F32, rows(), channels, biasOrNull, dst, channels));
    }
  }

  public void backwardData(
      FloatPointer diffDst, Pointer packed, FloatPointer diffSrc, Pointer workspace, long bytes) {
    FloatPointer made = zeros == null ? diffSrc : Address.floats(workspace.address());
    Status.check(
        Quern.quern_conv2d_forward(
            mirror, diffDst, packed, null, null, made, rest(workspace), bytes - paddedBytes));
    if (zeros != null) {
      Status.check(Quern.quern_crop2d(zeros, made, diffSrc));
    }
  }

  public void backwardWeights(
      FloatPointer src,
      FloatPointer diffDst,
      FloatPointer diffWeights,
      FloatPointer diffBiasOrNull,
      Pointer workspace,
      long bytes) {
    if (diffBiasOrNull != null) {
      Status.check(
          Quern.quern_column_sums(
              Quern.QUERN_F32,
              rows(),
              channels,
              diffDst,
              channels,
              diffBiasOrNull,
              rest(workspace),
              bytes - paddedBytes));
    }
    Status.check(
        Quern.quern_conv2d_backward_weights(
            mirror,
            diffDst,
            padded(src, workspace),
            diffWeights,
            null,
            rest(workspace),
            bytes - paddedBytes));
  }

  private Pointer rest(Pointer workspace) {
    return zeros == null ? workspace : Address.pointer(workspace.address() + paddedBytes);
  }

  private FloatPointer padded(FloatPointer src, Pointer workspace) {
    if (zeros == null) {
      return src;
    }
    FloatPointer more = Address.floats(workspace.address());
    Resize2d.ZERO_PAD2D.forward(zeros, src, more);
    return more;
  }
}
