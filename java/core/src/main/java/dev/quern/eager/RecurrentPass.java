package dev.quern.eager;

import dev.quern.eager.internal.RecurrentOptions;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.RecurrentKernel;
import dev.quern.kernel.RecurrentKernel.Tensors;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Parameter;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of a {@link Recurrent} layer on tensors. */
public final class RecurrentPass {
  private final Recurrent layer;

  RecurrentPass(Recurrent layer) {
    this.layer = layer;
  }

  /**
   * Gradients of a recurrent layer.
   *
   * @param input gradient of the input
   * @param weights gradients of the parameters, by their names in the layer
   */
  public record Gradients(Tensor input, Map<String, Tensor> weights) {
    public Gradients {
      weights = Require.all("recurrent", "weights", weights);
    }
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, T, features]}
   * @param weights the parameters by their names in the layer, see {@link Recurrent}
   * @return {@code [N, T, directions * hiddenSize]}, in the input's arena
   */
  public Tensor forward(Tensor input, Map<String, Tensor> weights) {
    TensorChecks.batched(layer.type(), input);
    Map<String, Tensor> own = check(input, weights);
    try (Scratch s = scratch(own, input)) {
      Tensor output = input.arena().tensor(output(input));
      new Call(s, layer, input, own, false).forward(s.raw(output));
      return output;
    }
  }

  /** Returns the gradients with respect to input and parameters, in the input's arena. */
  public Gradients backward(Tensor input, Map<String, Tensor> weights, Tensor gradOutput) {
    TensorChecks.batched(layer.type(), input);
    Map<String, Tensor> own = check(input, weights);
    TensorChecks.shape(layer.type(), "grad_output", gradOutput, output(input));
    try (Scratch s = scratch(own, input, gradOutput)) {
      Call call = new Call(s, layer, input, own, true);
      call.forward(s.floats(output(input).elements()));
      Arena arena = input.arena();
      Tensor diff = arena.tensor(input.shape());
      Map<String, Tensor> diffs = new LinkedHashMap<>();
      own.forEach((name, weight) -> diffs.put(name, arena.tensor(weight.shape())));
      call.backward(s.raw(gradOutput), s.raw(diff), diffs);
      return new Gradients(diff, diffs);
    }
  }

  private Shape output(Tensor input) {
    return layer.outputShape(input.shape().sample()).batch(input.shape().dim(0));
  }

  /** Checks that there is a tensor for each parameter, and returns them by name. */
  private Map<String, Tensor> check(Tensor input, Map<String, Tensor> weights) {
    Require.present(layer.type(), "weights", weights);
    Map<String, Tensor> own = new LinkedHashMap<>();
    for (Parameter p : layer.parameters(input.shape().sample())) {
      Tensor weight = weights.get(p.name());
      TensorChecks.shape(layer.type(), p.name(), weight, p.shape());
      own.put(p.name(), weight);
    }
    return own;
  }

  private static Scratch scratch(Map<String, Tensor> weights, Tensor... others) {
    List<Tensor> all = new ArrayList<>(List.of(others));
    all.addAll(weights.values());
    return new Scratch(all.toArray(Tensor[]::new));
  }

  /** The kernel and memory that the passes of one call share. */
  private static final class Call {
    private final Scratch scratch;
    private final int directions;
    private final RecurrentKernel kernel;
    private final FloatPointer src;
    private final OffHeap packed;
    private final FloatPointer saved;

    Call(
        Scratch scratch,
        Recurrent layer,
        Tensor input,
        Map<String, Tensor> weights,
        boolean backward) {
      this.scratch = scratch;
      Shape in = input.shape();
      kernel =
          new RecurrentKernel(
              scratch.descriptor(),
              in.dim(0),
              in.dim(1),
              RecurrentOptions.of(layer, in.dim(2), backward));
      directions = layer.direction().count();
      src = scratch.raw(input);
      packed = scratch.block(kernel.packedSize());
      saved = scratch.block(kernel.savedBytes()).floats(0);
      for (int i = 0; i < directions; i++) {
        kernel.pack(i, tensors(i, weights), packed.pointer(0));
      }
    }

    private Tensors tensors(int direction, Map<String, Tensor> of) {
      return RecurrentOptions.tensors(direction, name -> scratch.raw(of.get(name)));
    }

    void forward(FloatPointer dst) {
      kernel.forward(src, packed.pointer(0), dst, saved);
    }

    void backward(FloatPointer diffDst, FloatPointer diffSrc, Map<String, Tensor> diffs) {
      OffHeap workspace = scratch.block(kernel.workspaceBytes());
      long bytes = workspace.bytes();
      kernel.backward(packed.pointer(0), saved, diffDst, diffSrc, workspace.pointer(0), bytes);
      for (int i = 0; i < directions; i++) {
        kernel.backwardWeights(i, src, saved, tensors(i, diffs), workspace.pointer(0), bytes);
      }
    }
  }
}
