package dev.quern.reference.layer;

import dev.quern.layer.Parameter;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link ScaledDotProductAttention}: query {@code [N, T, heads * d]},
 * key {@code [N, S, heads * d]}, value {@code [N, S, heads * e]} and an optional mask.
 */
public final class ScaledDotProductAttentionReference {
  private static final String OP = "scaled_dot_product_attention";

  private static final int MASKED = 4;

  private ScaledDotProductAttentionReference() {}

  /**
   * Gradients of attention.
   *
   * @param inputs gradients with respect to query, key, value and, if there is one, the mask
   * @param bias gradient with respect to the bias, or null if the layer does not have one
   */
  public record Gradients(List<NdArray> inputs, @Nullable NdArray bias) {}

  /**
   * Returns the output, {@code [N, T, heads * e]}.
   *
   * @param biasOrNull the layer's bias; null exactly if the layer does not have one
   */
  public static NdArray forward(
      ScaledDotProductAttention layer, List<NdArray> inputs, @Nullable NdArray biasOrNull) {
    Pass p = new Pass(layer, inputs, biasOrNull);
    NdArray output = new NdArray(p.output);
    p.forEachQuery(
        q -> {
          double[] weights = p.weights(q);
          for (int key = 0; key < weights.length; key++) {
            for (int i = 0; i < p.valueDepth; i++) {
              output.add(p.out(q, i), weights[key] * p.value.get(p.value(q, key, i)));
            }
          }
        });
    return output;
  }

  /**
   * Returns the gradients with respect to all inputs and the bias.
   *
   * @param biasOrNull the layer's bias; null exactly if the layer does not have one
   */
  public static Gradients backward(
      ScaledDotProductAttention layer,
      List<NdArray> inputs,
      @Nullable NdArray biasOrNull,
      NdArray gradOutput) {
    Pass p = new Pass(layer, inputs, biasOrNull);
    Checks.shape(OP, "grad_output", gradOutput, p.output);
    List<NdArray> gradients = new ArrayList<>();
    inputs.forEach(x -> gradients.add(new NdArray(x.shape())));
    NdArray bias = biasOrNull == null ? null : new NdArray(biasOrNull.shape());
    NdArray added = inputs.size() == MASKED ? gradients.get(MASKED - 1) : bias;
    p.forEachQuery(q -> p.backward(q, gradOutput, gradients, added));
    return new Gradients(gradients, bias);
  }

  /** The position of a query: a sample or one of its windows, a head, and a row. */
  private record Query(int sample, int head, int row) {}

  private interface Visitor {
    void visit(Query q);
  }

  private static final class Pass {
    final ScaledDotProductAttention layer;
    final NdArray query;
    final NdArray key;
    final NdArray value;
    final @Nullable NdArray added;
    final Shape output;
    final int samples;
    final int queries;
    final int keys;
    final int depth;
    final int valueDepth;
    final double scale;

    Pass(ScaledDotProductAttention layer, List<NdArray> given, @Nullable NdArray bias) {
      Require.present(OP, "layer", layer);
      this.layer = layer;
      List<NdArray> inputs = Checks.inputs(OP, given, MASKED - 1);
      List<Shape> shapes = inputs.stream().map(x -> x.shape().sample()).toList();
      output = layer.outputShape(shapes).batch(inputs.get(0).dim(0));
      List<Parameter> parameters = layer.parameters(shapes);
      boolean biased = !parameters.isEmpty();
      Checks.optional(OP, "bias", biased, bias, biased ? parameters.get(0).shape() : output);
      query = inputs.get(0);
      key = inputs.get(1);
      value = inputs.get(2);
      added = inputs.size() == MASKED ? inputs.get(MASKED - 1) : bias;
      samples = query.dim(0) * layer.windows();
      queries = query.dim(1) / layer.windows();
      keys = key.dim(1) / layer.windows();
      depth = query.dim(2) / layer.heads();
      valueDepth = value.dim(2) / layer.heads();
      scale = layer.scale() == 0 ? 1 / Math.sqrt(depth) : layer.scale();
    }

    void forEachQuery(Visitor visitor) {
      for (int n = 0; n < samples; n++) {
        for (int head = 0; head < layer.heads(); head++) {
          for (int row = 0; row < queries; row++) {
            visitor.visit(new Query(n, head, row));
          }
        }
      }
    }

    int out(Query q, int i) {
      return ((q.sample * queries + q.row) * layer.heads() + q.head) * valueDepth + i;
    }

    int value(Query q, int at, int i) {
      return ((q.sample * keys + at) * layer.heads() + q.head) * valueDepth + i;
    }

    int query(Query q, int i) {
      return ((q.sample * queries + q.row) * layer.heads() + q.head) * depth + i;
    }

    int key(Query q, int at, int i) {
      return ((q.sample * keys + at) * layer.heads() + q.head) * depth + i;
    }

    /**
     * Returns the offset of the mask or bias that is added to the score of query q and key {@code
     * at}.
     */
    int added(Query q, int at) {
      int each = queries * keys;
      boolean perSample = layer.biasHeads() == 0;
      int heads = added.size() / each / (perSample ? samples : 1);
      int sample = perSample ? q.sample : 0;
      int head = heads == 1 ? 0 : q.head;
      if (!perSample && heads > layer.heads()) {
        head += q.sample % layer.windows() * layer.heads();
      }
      return ((sample * heads + head) * queries + q.row) * keys + at;
    }

    /** Returns the attention weights of a query: the softmax of its scores, 0 for masked keys. */
    double[] weights(Query q) {
      double[] scores = new double[keys];
      double most = Double.NEGATIVE_INFINITY;
      for (int at = 0; at < keys; at++) {
        for (int i = 0; i < depth; i++) {
          scores[at] += query.get(query(q, i)) * key.get(key(q, at, i));
        }
        scores[at] = scores[at] * scale + (added == null ? 0 : added.get(added(q, at)));
        if (layer.causal() && at > q.row) {
          scores[at] = Double.NEGATIVE_INFINITY;
        }
        most = Math.max(most, scores[at]); // NaN if a score is NaN
      }
      double sum = 0;
      for (int at = 0; at < keys; at++) {
        scores[at] = most == Double.NEGATIVE_INFINITY ? 0 : Math.exp(scores[at] - most);
        sum += scores[at];
      }
      for (int at = 0; at < keys && sum != 0; at++) {
        scores[at] /= sum;
      }
      return scores;
    }

    void backward(Query q, NdArray gradOutput, List<NdArray> gradients, @Nullable NdArray bias) {
      double[] weights = weights(q);
      double[] slopes = new double[keys];
      double mean = 0;
      for (int at = 0; at < keys; at++) {
        for (int i = 0; i < valueDepth; i++) {
          double g = gradOutput.get(out(q, i));
          gradients.get(2).add(value(q, at, i), weights[at] * g);
          slopes[at] += g * value.get(value(q, at, i));
        }
        mean += weights[at] * slopes[at];
      }
      for (int at = 0; at < keys; at++) {
        double slope = weights[at] * (slopes[at] - mean);
        if (bias != null) {
          bias.add(added(q, at), slope);
        }
        for (int i = 0; i < depth; i++) {
          gradients.get(0).add(query(q, i), scale * slope * key.get(key(q, at, i)));
          gradients.get(1).add(key(q, at, i), scale * slope * query.get(query(q, i)));
        }
      }
    }
  }
}
