package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.kernel.ResizeIndices;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.ResizeLike.Mode;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/** Forward and backward pass of {@link ResizeLike} on tensors. */
public final class ResizeLikePass {
  private final ResizeLike layer;

  ResizeLikePass(ResizeLike layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param other the image whose size the result gets, {@code [N, D, h, w]}
   * @return {@code [N, C, h, w]}, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor other) {
    Shape in = TensorChecks.images("resize_like", "input", input);
    Shape out = output(in, TensorChecks.images("resize_like", "other", other));
    if (!layer.mode().isNearest()) {
      return Resize2dPass.forward(operator(), input, out, 0, 0);
    }
    return rows(in, out, 3).forward(rows(in, out, 2).forward(input));
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, C, H, W]}. The
   * gradient with respect to the other image is 0.
   *
   * @param gradOutput {@code [N, C, h, w]}
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Shape in = TensorChecks.images("resize_like", "input", input);
    Shape out = TensorChecks.images("resize_like", "grad_output", gradOutput);
    TensorChecks.shape("resize_like", "grad_output", gradOutput, output(in, out));
    if (!layer.mode().isNearest()) {
      return Resize2dPass.backward(operator(), gradOutput, in, 0, 0);
    }
    Shape tall = Shape.of(in.dim(0), in.dim(1), out.dim(2), in.dim(3));
    return rows(in, out, 2).backward(rows(in, out, 3).backward(gradOutput, tall), in);
  }

  private Operator operator() {
    return Operator.bilinear(layer.mode() == Mode.BILINEAR_ALIGNED);
  }

  /**
   * Returns the selection of input rows (axis 2) or columns (axis 3) for nearest-neighbor resizing.
   */
  private GatherPass rows(Shape in, Shape out, int axis) {
    boolean exact = layer.mode() == Mode.NEAREST_EXACT;
    return new GatherPass(
        new Gather(axis - 1, ResizeIndices.nearest(in.dim(axis), out.dim(axis), exact)));
  }

  private Shape output(Shape input, Shape other) {
    if (input.dim(0) != other.dim(0)) {
      throw new ShapeException(
          "resize_like: batch sizes of " + input + " and " + other + " differ");
    }
    return layer.outputShape(List.of(input.sample(), other.sample())).batch(input.dim(0));
  }
}
