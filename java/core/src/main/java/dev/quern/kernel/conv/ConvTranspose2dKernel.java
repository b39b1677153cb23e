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
 * A transposed convolution, computed by its mirror: the ordinary convolution from the output shape
 * to the input shape, with the same weights. The forward pass runs the mirror's backward data pass,
 * and the backward data pass runs the mirror's forward pass. The backward weights pass exchanges
 * input and output gradient.
 *
 * <p>If the output padding is at least a whole stride, the mirror's output is larger than the
 * input. The input is then padded with zeros, and its gradient is cropped.
 */
public final class ConvTranspose2dKernel implements Packing {
  private final Conv2dKernel mirror;

  /** Pads the input to the size of the mirror's output; null if the sizes are equal. */
  private final Resize2dKernel zeros;

  private final long channels;
  private final long pixels;

  /** Size in bytes of the padded input, which is stored at the beginning of the workspace. */
  private final long paddedBytes;

  /**
   * Creates the kernel.
   *
   * @param memory a function that allocates memory for one descriptor per call, see {@link
   *     DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param out the sample shape of the output
   * @param window the window of the mirror
   */
  public ConvTranspose2dKernel(
      Supplier<Pointer> memory,
      long batch,
      Shape in,
      Shape out,
      Window window,
      Size outputPadding,
      int groups,
      Conv2dPrecision precision) {
    channels = out.dim(0);
    pixels = out.dim(1) * out.dim(2);
    mirror = new Conv2dKernel(memory.get(), batch, out, in.dim(0), window, groups, precision, true);
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

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    mirror.batch(n);
    if (zeros != null) {
      zeros.batch(n);
    }
  }

  /** Sets the mirror's implementation; must be called before sizes are queried. */
  public void implementation(long index) {
    mirror.implementation(index);
  }

  /** Chooses the mirror's implementation by tuning, for a set of the mirror's passes. */
  public long tune(Set<Conv2dTuning.Pass> passes) {
    return Conv2dTuning.choose(mirror, passes);
  }

  /** Returns the name of the implementation that runs the forward pass. */
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

  /** Returns the workspace size in bytes, sufficient for any pass. */
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
