package dev.quern.kernel.conv;

import dev.quern.bindings.Quern;
import dev.quern.internal.Address;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.kernel.Packing;
import dev.quern.kernel.Resize2dKernel;
import dev.quern.kernel.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A transposed convolution, computed by the ordinary convolution that maps its output shape to its
 * input shape (the mirror). The forward pass is the mirror's backward data pass, the backward data
 * pass is the mirror's forward pass, and in the backward weights pass, source and gradient are
 * exchanged. Both have equal weights.
 *
 * <p>If the output padding is a whole stride or more, the mirror has more rows or columns than the
 * input: the input is padded with zeros there, and its gradient is cropped.
 */
public final class ConvTranspose2dKernel implements Packing {
  private final Conv2dKernel mirror;

  /** The padding of the input to the mirror's output; null if the shapes are equal. */
  private final Resize2dKernel zeros;

  private final long channels;
  private final long pixels;

  /** The bytes of the padded input, at the beginning of the workspace. */
  private final long paddedBytes;

  /**
   * Creates the kernel.
   *
   * @param memory returns memory for a descriptor at each call, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param out the sample shape of the output
   * @param window the mirror's window
   * @param strict whether only plain sums of products in single precision are allowed
   */
  public ConvTranspose2dKernel(
      Supplier<Pointer> memory,
      long batch,
      Shape in,
      Shape out,
      Window window,
      Size outputPadding,
      int groups,
      boolean strict) {
    channels = out.dim(0);
    pixels = out.dim(1) * out.dim(2);
    mirror = new Conv2dKernel(memory.get(), batch, out, in.dim(0), window, groups, strict, true);
    Shape made =
        Shape.of(
            in.dim(0),
            in.dim(1) + outputPadding.height() / window.stride().height(),
            in.dim(2) + outputPadding.width() / window.stride().width());
    boolean same = made.equals(in);
    zeros =
        same
            ? null
            : new Resize2dKernel(
                memory.get(), Resize2dKernel.Operator.ZERO_PAD2D, batch, in, made, 0, 0);
    paddedBytes =
        same
            ? 0
            : Math.multiplyExact(made.batch(batch).elements(), (long) Float.BYTES) / 64 * 64 + 64;
  }

  /** Sets the batch of the next passes, at most the first one. */
  public void batch(long n) {
    mirror.batch(n);
    if (zeros != null) {
      zeros.batch(n);
    }
  }

  /** Sets the mirror's implementation; must be called before methods that return sizes. */
  public void implementation(long index) {
    mirror.implementation(index);
  }

  /** Chooses the implementation by tuning for these passes of the mirror. */
  public long tune(Set<Conv2dTuning.Pass> passes) {
    return Conv2dTuning.choose(mirror, passes);
  }

  /**
   * Returns the name of the implementation of the forward pass, the mirror's backward data pass.
   */
  public String chosenName() {
    return mirror.chosenName(Conv2dTuning.Pass.BACKWARD_DATA);
  }

  @Override
  public long packedSize() {
    return mirror.packedSize();
  }

  @Override
  public void pack(FloatPointer weights, Pointer packed) {
    mirror.pack(weights, packed);
  }

  /** Bytes that each pass can do with. */
  public long workspaceBytes() {
    long conv = mirror.workspaceBytes();
    long[] sums = new long[1];
    Status.check(Quern.quern_column_sums_workspace(rows(), channels, sums));
    return Math.addExact(paddedBytes, Math.max(conv, sums[0]));
  }

  private long rows() {
    return mirror.batch() * pixels;
  }

  public void forward(
      Pointer src,
      Pointer packed,
      FloatPointer biasOrNull,
      Pointer dst,
      Pointer workspace,
      long bytes) {
    mirror.backwardData(padded(src, workspace), packed, dst, rest(workspace), bytes - paddedBytes);
    if (biasOrNull != null) {
      Status.check(
          Quern.quern_add_bias(Quern.QUERN_F32, rows(), channels, biasOrNull, dst, channels));
    }
  }

  public void backwardData(
      Pointer diffDst, Pointer packed, Pointer diffSrc, Pointer workspace, long bytes) {
    Pointer made = zeros == null ? diffSrc : Address.pointer(workspace.address());
    mirror.forward(diffDst, packed, null, null, made, rest(workspace), bytes - paddedBytes);
    if (zeros != null) {
      zeros.crop(made, diffSrc);
    }
  }

  public void backwardWeights(
      Pointer src,
      Pointer diffDst,
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
    mirror.backwardWeights(
        diffDst, padded(src, workspace), diffWeights, null, rest(workspace), bytes - paddedBytes);
  }

  private Pointer rest(Pointer workspace) {
    return zeros == null ? workspace : Address.pointer(workspace.address() + paddedBytes);
  }

  private Pointer padded(Pointer src, Pointer workspace) {
    if (zeros == null) {
      return src;
    }
    Pointer more = Address.pointer(workspace.address());
    zeros.forward(src, more);
    return more;
  }
}
