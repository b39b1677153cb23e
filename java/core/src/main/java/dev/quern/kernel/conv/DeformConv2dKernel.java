package dev.quern.kernel.conv;

import dev.quern.bindings.DeformIm2colDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.kernel.Packing;
import dev.quern.kernel.Window;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A deformable convolution: what each kernel element reads is sampled into an image of columns, on
 * which an ordinary convolution runs whose windows do not overlap. All tensors are channels-last.
 */
public final class DeformConv2dKernel implements Packing {
  private final DeformIm2colDescriptor descriptor;
  private final Conv2dKernel conv;
  private final Shape columns;

  /**
   * The inputs or their gradients.
   *
   * @param mask null without a mask, or without its gradient
   */
  public record Tensors(Pointer image, Pointer offset, Pointer mask) {}

  /**
   * Memory of a pass.
   *
   * @param columns the columns, or their gradient
   */
  public record Space(Pointer columns, Pointer workspace, long bytes) {}

  /**
   * Creates the kernel.
   *
   * @param memory a function that allocates memory for one descriptor per call, see {@link
   *     DescriptorMemory}
   * @param in the sample shape of the image, {@code [C, H, W]}
   * @param out the sample shape of the output
   * @param window the convolution's window, with equal padding on opposite sides
   * @param training whether to pack weights for the backward passes, too
   */
  public DeformConv2dKernel(
      Supplier<Pointer> memory,
      long batch,
      Shape in,
      Shape out,
      Window window,
      int groups,
      int offsetGroups,
      Conv2dPrecision precision,
      boolean training) {
    Size kernel = window.kernel();
    columns = Shape.of(in.dim(0), out.dim(1) * kernel.height(), out.dim(2) * kernel.width());
    descriptor =
        new DeformIm2colDescriptor(memory.get())
            .batch(batch)
            .channels(in.dim(0))
            .in_height(in.dim(1))
            .in_width(in.dim(2))
            .kernel_height(kernel.height())
            .kernel_width(kernel.width())
            .stride_height(window.stride().height())
            .stride_width(window.stride().width())
            .padding_height(window.padding().top())
            .padding_width(window.padding().left())
            .dilation_height(window.dilation().height())
            .dilation_width(window.dilation().width())
            .offset_groups(offsetGroups)
            .src_pitch(in.dim(0))
            .type(Quern.QUERN_F32)
            .order(Quern.QUERN_NHWC);
    conv =
        new Conv2dKernel(
            memory.get(),
            batch,
            columns,
            out.dim(0),
            new Window(kernel, kernel, Size.of(0), Size.of(1)),
            groups,
            precision,
            training);
  }

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    descriptor.batch(n);
    conv.batch(n);
  }

  /** Sets the implementation of the convolution by its index; -1 for the default. */
  public DeformConv2dKernel implementation(long index) {
    conv.implementation(index);
    return this;
  }

  /** Sets the type of packed weights in inference. */
  public DeformConv2dKernel weights(DType type) {
    conv.weights(type);
    return this;
  }

  /** Chooses the implementation of the convolution by tuning, for a set of passes. */
  public long tune(Set<Conv2dTuning.Pass> passes) {
    return Conv2dTuning.choose(conv, passes);
  }

  /** Returns the name of the implementation that runs the convolution's forward pass. */
  public String chosenName() {
    return conv.chosenName(Conv2dTuning.Pass.FORWARD);
  }

  @Override
  public long packedSize() {
    return conv.packedSize();
  }

  @Override
  public void pack(FloatPointer weights, Pointer packed) {
    conv.pack(weights, packed);
  }

  /** Returns the workspace size in bytes, sufficient for any pass. */
  public long workspaceBytes() {
    return conv.workspaceBytes();
  }

  /** Returns the size of the columns in bytes. */
  public long columnsBytes() {
    return Math.multiplyExact(columns.batch(conv.batch()).elements(), (long) Float.BYTES);
  }

  public void forward(
      Tensors in, Pointer packed, FloatPointer biasOrNull, Pointer dst, Space space) {
    sample(in, space);
    conv.forward(space.columns(), packed, biasOrNull, null, dst, space.workspace(), space.bytes());
  }

  private void sample(Tensors in, Space space) {
    Status.check(
        Quern.quern_deform_im2col_forward(
            descriptor, in.image(), in.offset(), in.mask(), space.columns()));
  }

  public void backwardWeights(
      Tensors in,
      Pointer diffDst,
      FloatPointer diffWeights,
      FloatPointer diffBiasOrNull,
      Space space) {
    sample(in, space); // sampled again, because columns are larger than all inputs together
    conv.backwardWeights(
        space.columns(), diffDst, diffWeights, diffBiasOrNull, space.workspace(), space.bytes());
  }

  /**
   * Computes the gradients of the inputs.
   *
   * @param diffs memory of the gradients; null for a gradient that is not needed
   */
  public void backwardData(
      Tensors in, Pointer diffDst, Pointer packed, Tensors diffs, Space space) {
    conv.backwardData(diffDst, packed, space.columns(), space.workspace(), space.bytes());
    Status.check(
        Quern.quern_deform_im2col_backward(
            descriptor,
            in.image(),
            in.offset(),
            in.mask(),
            space.columns(),
            diffs.image(),
            diffs.offset(),
            diffs.mask()));
  }
}
