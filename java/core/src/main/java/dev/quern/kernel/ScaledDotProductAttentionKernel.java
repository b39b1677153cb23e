package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.bindings.ScaledDotProductAttentionDescriptor;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Attention of token sequences that lie row by row. */
public final class ScaledDotProductAttentionKernel {
  private static final int FLOATS_OF_QUERY = 2;

  private final ScaledDotProductAttentionDescriptor descriptor;
  private final long savedOfSample;
  private final int windows;
  private final boolean masked;

  /** Query, key and value, or gradients in their place. */
  public record Tokens(Pointer query, Pointer key, Pointer value) {}

  /**
   * Options of attention.
   *
   * @param scale factor of the scores; 0 for 1 / sqrt(d)
   * @param biasHeads heads of a bias that all samples share; 0 for none
   * @param windows parts of a token sequence that attention does not mix
   */
  public record Options(int heads, float scale, boolean causal, int biasHeads, int windows) {}

  /**
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param inputs one sample's shapes: of query, key and value, and of the mask where there is one
   */
  public ScaledDotProductAttentionKernel(
      Pointer at, long batch, Options options, List<Shape> inputs) {
    Shape query = inputs.get(0);
    Shape value = inputs.get(2);
    long depth = query.dim(1) / options.heads();
    masked = inputs.size() > 3;
    windows = options.windows();
    boolean each = options.biasHeads() > options.heads();
    savedOfSample = FLOATS_OF_QUERY * options.heads() * query.dim(0);
    descriptor =
        new ScaledDotProductAttentionDescriptor(at)
            .heads(options.heads())
            .queries(query.dim(0) / windows)
            .keys(value.dim(0) / windows)
            .depth(depth)
            .value_depth(value.dim(1) / options.heads())
            .scale(options.scale() == 0 ? 1 / Math.sqrt(depth) : options.scale())
            .causal(options.causal() ? 1 : 0)
            .bias_heads(
                masked ? headsOf(inputs.get(3)) : each ? options.heads() : options.biasHeads())
            .bias_samples(each ? windows : 1)
            .type(Quern.QUERN_F32);
    batch(batch);
  }

  private static long headsOf(Shape mask) {
    return mask.rank() == 2 ? 1 : mask.dim(0);
  }

  /** Sets the samples of the next passes. */
  public void batch(long n) {
    descriptor.batch(n * windows);
    if (masked) {
      descriptor.bias_samples(Math.max(n, 1));
    }
  }

  /** Bytes of the workspace of both passes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_scaled_dot_product_attention_workspace(descriptor, bytes));
    return bytes[0];
  }

  /** Bytes of a sample that the forward pass keeps for the backward pass. */
  public long savedBytes() {
    return Float.BYTES * savedOfSample;
  }

  public void forward(
      Tokens in,
      FloatPointer biasOrNull,
      Pointer dst,
      FloatPointer saved,
      Pointer workspace,
      long workspaceBytes) {
    Status.check(
        Quern.quern_scaled_dot_product_attention_forward(
            descriptor,
            in.query,
            in.key,
            in.value,
            biasOrNull,
            dst,
            saved,
            workspace,
            workspaceBytes));
  }

  /**
   * @param diff each may be null
   */
  public void backward(
      Tokens in,
      FloatPointer biasOrNull,
      FloatPointer saved,
      Pointer diffDst,
      Tokens diff,
      FloatPointer diffBiasOrNull,
      Pointer workspace,
      long workspaceBytes) {
    Status.check(
        Quern.quern_scaled_dot_product_attention_backward(
            descriptor,
            in.query,
            in.key,
            in.value,
            biasOrNull,
            saved,
            diffDst,
            diff.query,
            diff.key,
            diff.value,
            diffBiasOrNull,
            workspace,
            workspaceBytes));
  }
}
