package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.ScaledDotProductAttentionKernel;
import dev.quern.kernel.ScaledDotProductAttentionKernel.Options;
import dev.quern.kernel.ScaledDotProductAttentionKernel.Tokens;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Parameter;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of {@link ScaledDotProductAttention} on tensors. */
public final class ScaledDotProductAttentionPass {
  private static final String OP = "scaled_dot_product_attention";

  private final ScaledDotProductAttention layer;

  ScaledDotProductAttentionPass(ScaledDotProductAttention layer) {
    this.layer = layer;
  }

  /**
   * Gradients of the inputs of attention, each with the shape of its input.
   *
   * @param bias gradient of the layer's bias or of the mask; null if the layer has no bias and
   *     there is no mask
   */
  public record Gradients(Tensor query, Tensor key, Tensor value, @Nullable Tensor bias) {}

  /**
   * Runs the native operator's forward pass.
   *
   * @param query {@code [N, T, heads * d]}
   * @param key {@code [N, S, heads * d]}
   * @param value {@code [N, S, heads * e]}
   * @param bias the layer's bias {@code [biasHeads, T / windows, S / windows]} if it has one;
   *     otherwise an additive mask {@code [N, T, S]} or {@code [N, 1 or heads, T, S]}, or {@code
   *     [N, windows * heads, T / windows, S / windows]} for several windows, or null
   * @return {@code [N, T, heads * e]}, in the query's arena
   */
  public Tensor forward(Tensor query, Tensor key, Tensor value, @Nullable Tensor bias) {
    Shape out = check(query, key, value, bias);
    try (Scratch s = new Scratch(query, key, value, bias)) {
      Tensor output = query.arena().tensor(out);
      new Call(s, layer, query, key, value, bias).forward(s.raw(output));
      return output;
    }
  }

  /** Returns the gradients with respect to all inputs, in the query's arena. */
  public Gradients backward(
      Tensor query, Tensor key, Tensor value, @Nullable Tensor bias, Tensor gradOutput) {
    Shape out = check(query, key, value, bias);
    TensorChecks.shape(OP, "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(query, key, value, bias, gradOutput)) {
      Call call = new Call(s, layer, query, key, value, bias);
      call.forward(s.floats(out.elements()));
      Arena arena = query.arena();
      Gradients g =
          new Gradients(
              arena.tensor(query.shape()),
              arena.tensor(key.shape()),
              arena.tensor(value.shape()),
              bias == null ? null : arena.tensor(bias.shape()));
      call.backward(s.raw(gradOutput), g);
      return g;
    }
  }

  /** Checks the inputs and returns the output's shape. */
  private Shape check(Tensor query, Tensor key, Tensor value, @Nullable Tensor bias) {
    TensorChecks.batched(OP, "query", query);
    TensorChecks.batched(OP, "key", key);
    TensorChecks.batched(OP, "value", value);
    List<Shape> samples = new ArrayList<>();
    for (Tensor t : List.of(query, key, value)) {
      samples.add(sample(query, t));
    }
    if (layer.biasHeads() == 0 && bias != null) {
      TensorChecks.batched(OP, "mask", bias);
      samples.add(sample(query, bias));
    }
    Shape out = layer.outputShape(samples).batch(query.shape().dim(0));
    for (Parameter p : layer.parameters(samples)) {
      TensorChecks.shape(OP, p.name(), bias, p.shape());
    }
    return out;
  }

  private static Shape sample(Tensor query, Tensor other) {
    Shape shape = other.shape();
    if (shape.dim(0) != query.shape().dim(0)) {
      throw new ShapeException(
          OP + ": batch sizes of " + query.shape() + " and " + shape + " differ");
    }
    return shape.sample();
  }

  /** The kernel and memory that the passes of one call share. */
  private static final class Call {
    private final Scratch scratch;
    private final ScaledDotProductAttentionKernel kernel;
    private final Tokens tokens;
    private final @Nullable FloatPointer bias;
    private final FloatPointer saved;
    private final OffHeap workspace;

    Call(
        Scratch scratch,
        ScaledDotProductAttention layer,
        Tensor query,
        Tensor key,
        Tensor value,
        @Nullable Tensor biasOrNull) {
      this.scratch = scratch;
      List<Shape> samples = new ArrayList<>();
      for (Tensor t : List.of(query, key, value)) {
        samples.add(t.shape().sample());
      }
      if (layer.biasHeads() == 0 && biasOrNull != null) {
        samples.add(biasOrNull.shape().sample());
      }
      long batch = query.shape().dim(0);
      Options options =
          new Options(
              layer.heads(), layer.scale(), layer.causal(), layer.biasHeads(), layer.windows());
      kernel = new ScaledDotProductAttentionKernel(scratch.descriptor(), batch, options, samples);
      tokens = new Tokens(scratch.raw(query), scratch.raw(key), scratch.raw(value));
      bias = scratch.raw(biasOrNull);
      saved = scratch.floats(kernel.savedBytes() * batch / Float.BYTES);
      workspace = scratch.block(kernel.workspaceBytes());
    }

    void forward(FloatPointer dst) {
      kernel.forward(tokens, bias, dst, saved, workspace.pointer(0), workspace.bytes());
    }

    void backward(FloatPointer diffDst, Gradients g) {
      kernel.backward(
          tokens,
          bias,
          saved,
          diffDst,
          new Tokens(scratch.raw(g.query), scratch.raw(g.key), scratch.raw(g.value)),
          scratch.raw(g.bias),
          workspace.pointer(0),
          workspace.bytes());
    }
  }
}
