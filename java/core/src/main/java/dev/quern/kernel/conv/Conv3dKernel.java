package dev.quern.kernel.conv;

import dev.quern.internal.Address;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.kernel.Packing;
import dev.quern.tensor.Shape;
import java.util.function.LongFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A three-dimensional convolution of channels-last volumes, as a two-dimensional convolution. For
 * each output slice, the input slices at the kernel's depths are copied next to each other, as
 * channels of one image; {@link DepthTaps} copies a few images at a time, which remain in the
 * cache. Not thread-safe.
 */
public final class Conv3dKernel implements Packing {
  /** The size of the images of one call, in bytes, unless the weights are larger. */
  private static final long CHUNK = 4 << 20;

  private final Conv2dKernel kernel;
  private final DepthTaps taps;
  private final Shape weight;
  private final long inBytes;
  private final long outBytes;
  private final long most;
  private long batch;

  /** The addend of a part of the output; null if nothing is added. */
  public interface Addends extends LongFunction<Conv2dPostOps> {}

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param zero zeroed memory that outlives the kernel
   * @param in the sample shape of the input, {@code [C, D, H, W]}
   * @param out the sample shape of the output
   * @param training whether to pack weights for the backward passes, too
   */
  public Conv3dKernel(
      Pointer at,
      Pointer zero,
      long batch,
      Shape in,
      Shape out,
      Window3d window,
      int groups,
      Conv2dPrecision precision,
      boolean training) {
    this.batch = batch;
    int depths = window.kernel().depth();
    weight =
        Shape.of(
            out.dim(0),
            in.dim(0) / groups,
            depths,
            window.kernel().height(),
            window.kernel().width());
    Shape parts = Shape.of(depths, in.dim(0), in.dim(2), in.dim(3)); // refuses too many elements
    Shape image = Shape.of(parts.dim(0) * parts.dim(1), in.dim(2), in.dim(3));
    inBytes = Float.BYTES * in.elements();
    outBytes = Float.BYTES * (out.elements() / out.dim(1));
    taps =
        new DepthTaps(
            zero,
            in.dim(1),
            out.dim(1),
            in.dim(2) * in.dim(3),
            in.dim(0),
            groups,
            depths,
            window.stride().depth(),
            window.padding().depth(),
            window.dilation().depth());
    most = most(batch * out.dim(1));
    kernel =
        new Conv2dKernel(at, most, image, out.dim(0), window.plane(), groups, precision, training);
  }

  /**
   * Returns the number of images of one call, which depends on shapes only. Images of large layers
   * take as much memory as the weights, because each call reads them, and adds their gradients.
   */
  private long most(long images) {
    long wanted = Math.max(CHUNK, Float.BYTES * weight.elements());
    long limit = Math.max(1, wanted / Math.max(1, taps.imageBytes()));
    long calls = Math.max(1, (images + limit - 1) / limit);
    return Math.max(1, (images + calls - 1) / calls);
  }

  /** Returns the kernel of the two-dimensional convolution. */
  public Conv2dKernel images() {
    return kernel;
  }

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    batch = n;
  }

  @Override
  public long packedSize() {
    long size = kernel.packedSize();
    return size == 0 ? weightBytes() : size;
  }

  private long weightBytes() {
    return Math.multiplyExact((long) Float.BYTES, weight.elements());
  }

  @Override
  public void pack(FloatPointer weights, Pointer packed) {
    if (kernel.packedSize() == 0) {
      DepthTaps.order(weight).forward(weights, packed);
      return;
    }
    try (OffHeap ordered = new OffHeap(weightBytes(), "weight that is packed")) {
      DepthTaps.order(weight).forward(weights, ordered.pointer(0));
      kernel.pack(ordered.floats(0), packed);
    }
  }

  private long imagesBytes() {
    return aligned(Math.multiplyExact(most, taps.imageBytes()));
  }

  private long convolutionBytes() {
    kernel.batch(most); // it may have the size of a last, smaller part
    return aligned(kernel.workspaceBytes());
  }

  /** Returns the workspace size of the forward pass in bytes. */
  public long forwardBytes() {
    return Math.addExact(imagesBytes(), convolutionBytes());
  }

  /** Returns the workspace size of the backward passes in bytes. */
  public long backwardBytes() {
    return Math.addExact(forwardBytes(), Math.max(taps.tapBytes(), 2 * aligned(gradientBytes())));
  }

  /** Returns the size of the gradients of weight and bias. */
  private long gradientBytes() {
    return Math.addExact(weightBytes(), Float.BYTES * weight.dim(0));
  }

  private static long aligned(long bytes) {
    return (bytes + 63) / 64 * 64;
  }

  private static Pointer at(Pointer start, long bytes) {
    return Address.pointer(start.address() + bytes);
  }

  /** Processes a part of the output slices. */
  private interface Part {
    void run(long first, long count);
  }

  private void each(Part part) {
    long images = batch * taps.slices();
    for (long first = 0; first < images; first += most) {
      long count = Math.min(most, images - first);
      kernel.batch(count);
      part.run(first, count);
    }
  }

  /**
   * Runs the forward pass.
   *
   * @param postOrNull the post-operations for the output from an offset in bytes; null if there are
   *     none
   * @param workspace memory of {@link #forwardBytes}, aligned to 64 bytes
   */
  public void forward(
      Pointer src,
      Pointer packed,
      FloatPointer biasOrNull,
      Addends postOrNull,
      Pointer dst,
      Pointer workspace) {
    Pointer work = at(workspace, imagesBytes());
    long bytes = convolutionBytes();
    each(
        (first, count) -> {
          taps.gather(src, workspace, first, count);
          long from = first * outBytes;
          Conv2dPostOps post = postOrNull == null ? null : postOrNull.apply(from);
          kernel.forward(workspace, packed, biasOrNull, post, at(dst, from), work, bytes);
        });
  }

  /**
   * Computes the gradient of the input.
   *
   * @param workspace memory of {@link #backwardBytes}, aligned to 64 bytes
   */
  public void backwardData(Pointer diffDst, Pointer packed, Pointer diffSrc, Pointer workspace) {
    Pointer work = at(workspace, imagesBytes());
    long bytes = convolutionBytes();
    Pointer apart = at(work, bytes);
    Pointer.memset(diffSrc, 0, batch * inBytes);
    each(
        (first, count) -> {
          kernel.backwardData(at(diffDst, first * outBytes), packed, workspace, work, bytes);
          taps.scatter(workspace, diffSrc, apart, first, count);
        });
  }

  /**
   * Computes the gradients of weight and bias.
   *
   * @param workspace memory of {@link #backwardBytes}, aligned to 64 bytes
   */
  public void backwardWeights(
      Pointer src,
      Pointer diffDst,
      FloatPointer diffWeights,
      FloatPointer diffBiasOrNull,
      Pointer workspace) {
    Pointer work = at(workspace, imagesBytes());
    long bytes = convolutionBytes();
    long gradients = aligned(gradientBytes());
    Pointer sum = at(work, bytes);
    long biases = diffBiasOrNull == null ? 0 : weight.dim(0);
    each(
        (first, count) -> {
          taps.gather(src, workspace, first, count);
          Pointer to = first == 0 ? sum : at(sum, gradients);
          FloatPointer bias = biases == 0 ? null : Address.floats(to.address() + weightBytes());
          kernel.backwardWeights(
              workspace,
              at(diffDst, first * outBytes),
              Address.floats(to.address()),
              bias,
              work,
              bytes);
          if (first > 0) {
            AddKernel.forward(weight.elements() + biases, sum, to, sum);
          }
        });
    if (batch == 0) {
      Pointer.memset(sum, 0, gradientBytes());
    }
    DepthTaps.order(weight).backward(sum, diffWeights);
    if (biases > 0) {
      ConcatKernel.copy(biases, at(sum, weightBytes()), diffBiasOrNull);
    }
  }
}
