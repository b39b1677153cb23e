package dev.quern.eager;

import dev.quern.eager.internal.GridSampleOptions;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.GridSampleKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.shape.GridSample;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link GridSample} on tensors. */
public final class GridSamplePass {
  private final GridSample layer;

  GridSamplePass(GridSample layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param grid x and y of each point, {@code [N, H', W', 2]}
   * @return {@code [N, C, H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor grid) {
    Shape out = check(input, grid);
    try (Scratch s = new Scratch(input, grid)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, input.shape(), out).forward(s.nhwc(input), s.raw(grid), dst);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /** Returns the gradients with respect to the image and the grid, in the image's arena. */
  public BinaryGradients backward(Tensor input, Tensor grid, Tensor gradOutput) {
    Shape out = check(input, grid);
    TensorChecks.shape("grid_sample", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, grid, gradOutput)) {
      Shape in = input.shape();
      FloatPointer diff = s.floats(in.elements());
      Tensor gradGrid = input.arena().tensor(grid.shape());
      kernel(s, in, out)
          .backward(s.nhwc(input), s.raw(grid), s.nhwc(gradOutput), diff, s.raw(gradGrid));
      return new BinaryGradients(s.nchw(input.arena(), in, diff), gradGrid);
    }
  }

  private GridSampleKernel kernel(Scratch s, Shape in, Shape out) {
    return new GridSampleKernel(
        s.descriptor(), in.dim(0), in.sample(), out.sample(), GridSampleOptions.of(layer));
  }

  /** Checks the inputs and returns the output's shape. */
  private Shape check(Tensor input, Tensor grid) {
    Shape in = TensorChecks.images("grid_sample", "input", input);
    Shape points = Require.present("grid_sample", "grid", grid).shape();
    if (points.rank() == 0 || points.dim(0) != in.dim(0)) {
      throw new ShapeException("grid_sample: batch sizes of " + in + " and " + points + " differ");
    }
    return layer.outputShape(List.of(in.sample(), points.sample())).batch(in.dim(0));
  }
}
