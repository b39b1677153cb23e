package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Scaled dot-product attention, as PyTorch's {@code scaled_dot_product_attention}: {@code
 * softmax(scale Q K^T + bias) V} for each head. Vaswani et al., "Attention Is All You Need", 2017.
 *
 * <p>The inputs are token sequences in the layout of {@link Linear}'s outputs: query {@code [T,
 * heads * d]}, key {@code [S, heads * d]} and value {@code [S, heads * e]}; the output is {@code
 * [T, heads * e]}. Each head reads d adjacent features of query and key, and e adjacent features of
 * value, so the projections need no reshape or permute. An optional fourth input is an additive
 * mask, {@code [T, S]} or {@code [1, T, S]} for all heads, or {@code [heads, T, S]}, in which
 * -infinity masks a key. The output is 0 for a query whose keys are all masked.
 *
 * <p>With {@code windows} above 1, the tokens are divided into {@code windows} parts of equal
 * length, and a query attends only to the keys of its own part, as in a Swin transformer (Liu et
 * al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", 2021). The mask
 * of such a layer is {@code [windows * heads, T / windows, S / windows]}.
 *
 * @param heads the number of heads, at least 1
 * @param scale the factor of the scores, finite; the default, 0, means 1 / sqrt(d)
 * @param causal whether a token attends only to keys up to its own position; default false
 * @param biasHeads the first dimension of a trainable additive bias {@code [biasHeads, T / windows,
 *     S / windows]}, such as a relative position bias, initially 0: 1 if all heads share the bias,
 *     {@code heads} if each head has its own, or {@code windows * heads} if each head of each
 *     window has its own; the default, 0, means no bias
 * @param windows the number of windows, at least 1; default 1
 */
public record ScaledDotProductAttention(
    int heads, float scale, boolean causal, int biasHeads, int windows) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ScaledDotProductAttention> TYPE =
      LayerType.of("scaled_dot_product_attention", ScaledDotProductAttention.class)
          .integer("heads", ScaledDotProductAttention::heads)
          .number("scale", 0, ScaledDotProductAttention::scale)
          .flag("causal", false, ScaledDotProductAttention::causal)
          .integer("bias_heads", 0, ScaledDotProductAttention::biasHeads)
          .integer("windows", 1, ScaledDotProductAttention::windows)
          .made(
              v ->
                  new ScaledDotProductAttention(
                      v.integer("heads"),
                      v.number("scale"),
                      v.flag("causal"),
                      v.integer("bias_heads"),
                      v.integer("windows")));

  private static final String OP = "scaled_dot_product_attention";

  private static final int MASKED = 4;

  public ScaledDotProductAttention {
    Checks.atLeast(OP, "heads", heads, 1);
    Checks.finite(OP, "scale", scale);
    Checks.atLeast(OP, "windows", windows, 1);
    if (biasHeads != 0
        && biasHeads != 1
        && biasHeads != heads
        && biasHeads != (long) windows * heads) {
      throw new InvalidArgumentException(
          OP
              + ": bias_heads "
              + biasHeads
              + " must be 0, 1 or heads "
              + heads
              + (windows == 1 ? "" : ", or " + heads + " in each of " + windows + " windows"));
    }
  }

  /**
   * Creates the layer with PyTorch's defaults: scale 1 / sqrt(d), not causal, no bias, one window.
   */
  public ScaledDotProductAttention(int heads) {
    this(heads, 0, false, 0, 1);
  }

  /** Returns a copy with another factor for the scores. */
  public ScaledDotProductAttention scale(float factor) {
    return new ScaledDotProductAttention(heads, factor, causal, biasHeads, windows);
  }

  /** Returns a copy with or without causal masking. */
  public ScaledDotProductAttention causal(boolean whether) {
    return new ScaledDotProductAttention(heads, scale, whether, biasHeads, windows);
  }

  /** Returns a copy with a bias whose first dimension is {@code count}; 0 for no bias. */
  public ScaledDotProductAttention biasHeads(int count) {
    return new ScaledDotProductAttention(heads, scale, causal, count, windows);
  }

  /** Returns a copy with another number of windows. */
  public ScaledDotProductAttention windows(int count) {
    return new ScaledDotProductAttention(heads, scale, causal, biasHeads, count);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return outputShape(List.of(Checks.any(OP, input)));
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several(OP, inputs);
    if (all.size() != MASKED - 1 && all.size() != MASKED) {
      throw new ShapeException(OP + ": expects 3 or 4 inputs, found " + all.size());
    }
    Shape query = tokens("query", all.get(0));
    Shape key = tokens("key", all.get(1));
    Shape value = tokens("value", all.get(2));
    if (query.dim(1) != key.dim(1)) {
      throw new ShapeException(
          OP + ": query " + query + " and key " + key + " differ in their number of features");
    }
    if (size(key) != size(value)) {
      throw new ShapeException(
          OP + ": key " + key + " and value " + value + " differ in their number of tokens");
    }
    boolean free = query.isFree(0) || key.isFree(0);
    if (free && (biasHeads > 0 || windows > 1)) {
      throw new ShapeException(
          OP
              + ": query "
              + query
              + " and key "
              + key
              + " must have fixed lengths for "
              + (windows > 1 ? "windows" : "a bias"));
    }
    if (!free && (query.dim(0) % windows != 0 || key.dim(0) % windows != 0)) {
      throw new ShapeException(
          OP
              + ": query "
              + query
              + " and key "
              + key
              + " must each have a number of tokens that is a multiple of "
              + windows
              + " windows");
    }
    if (all.size() == MASKED) {
      mask(all.get(MASKED - 1), size(query), size(key));
    }
    return Shape.of(size(query), value.dim(1));
  }

  private Shape tokens(String what, Shape shape) {
    if (shape.rank() != 2) {
      throw new ShapeException(OP + ": " + what + " " + shape + " is not [tokens, features]");
    }
    if (shape.isFree(1) || shape.dim(1) < 1 || shape.dim(1) % heads != 0) {
      throw new ShapeException(
          OP
              + ": the features of "
              + what
              + " "
              + shape
              + " are not a multiple of the number of heads, "
              + heads);
    }
    if (!shape.isFree(0) && shape.dim(0) < 1) {
      throw new ShapeException(OP + ": " + what + " " + shape + " has no tokens");
    }
    return shape;
  }

  private static long size(Shape tokens) {
    return tokens.toArray()[0];
  }

  private void mask(Shape mask, long queries, long keys) {
    Shape each = Shape.of(queries / windows, keys / windows);
    if (windows > 1 ? !mask.equals(each.batch((long) windows * heads)) : !fits(mask, each)) {
      throw new ShapeException(
          OP
              + ": mask "
              + mask
              + " must have shape "
              + each
              + (windows > 1
                  ? " after an axis of size " + (long) windows * heads
                  : ", optionally after an axis of size 1 or " + heads));
    }
    if (biasHeads > 0) {
      throw new ShapeException(OP + ": a layer with a bias does not accept a mask");
    }
  }

  private boolean fits(Shape mask, Shape each) {
    return mask.equals(each) || mask.equals(each.batch(1)) || mask.equals(each.batch(heads));
  }

  @Override
  public List<Parameter> parameters(List<Shape> inputs) {
    List<Shape> all = Checks.several(OP, inputs);
    outputShape(all);
    return biasHeads == 0
        ? List.of()
        : List.of(
            new Parameter(
                "bias",
                Shape.of(biasHeads, all.get(0).dim(0) / windows, all.get(1).dim(0) / windows),
                0,
                0));
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    List<Shape> all = Checks.several(OP, inputs);
    Shape out = outputShape(all);
    long features = Math.addExact(all.get(0).dim(1), out.dim(1));
    return Checks.product(
        OP, Checks.product(OP, out.dim(0), all.get(1).dim(0) / windows), features);
  }
}
