package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.BatchNorm2dReference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Runs recorded cases of whole layers as a network calls them: through {@link LayerReference}. */
final class GoldenLayers {
  /** The layer of a case. */
  static final Map<String, BiFunction<JsonNode, Map<String, NdArray>, Layer>> TABLE =
      new HashMap<>();

  /** Inputs of layers, in their order. */
  private static final List<String> INPUTS =
      List.of("condition", "input", "other", "offset", "query", "key", "value", "mask");

  static {
    TABLE.putAll(
        Map.of(
            "conv1d",
            (p, t) ->
                new Conv1d(
                    t.get("weight").dim(0),
                    t.get("weight").dim(2),
                    p.get("stride").asInt(),
                    p.get("padding").asInt(),
                    p.get("dilation").asInt(),
                    p.get("groups").asInt(),
                    p.get("bias").asBoolean()),
            "conv_transpose1d",
            (p, t) ->
                new ConvTranspose1d(
                    t.get("grad_output").dim(1),
                    t.get("weight").dim(2),
                    p.get("stride").asInt(),
                    p.get("padding").asInt(),
                    p.get("output_padding").asInt(),
                    p.get("groups").asInt(),
                    p.get("bias").asBoolean(),
                    p.get("dilation").asInt()),
            "max_pool1d",
            (p, t) ->
                new MaxPool1d(
                    p.get("kernel").asInt(),
                    p.get("stride").asInt(),
                    p.get("padding").asInt(),
                    p.get("dilation").asInt(),
                    p.get("ceil_mode").asBoolean()),
            "avg_pool1d",
            (p, t) ->
                new AvgPool1d(
                    p.get("kernel").asInt(),
                    p.get("stride").asInt(),
                    p.get("padding").asInt(),
                    p.get("ceil_mode").asBoolean(),
                    p.get("count_include_pad").asBoolean()),
            "adaptive_avg_pool1d",
            (p, t) -> new AdaptiveAvgPool1d(p.get("output").asInt()),
            "batch_norm1d",
            (p, t) ->
                new BatchNorm1d(
                    (float) p.get("momentum").asDouble(), (float) p.get("eps").asDouble())));
    TABLE.putAll(
        Map.of(
            "linear_rows",
            (p, t) -> new Linear(t.get("weight").dim(0), p.get("bias").asBoolean()),
            "slice",
            (p, t) ->
                new Slice(
                    p.get("axis").asInt(),
                    p.get("start").asInt(),
                    p.get("end").asInt(),
                    p.get("step").asInt()),
            "chunk",
            (p, t) ->
                new Chunk(p.get("axis").asInt(), p.get("chunks").asInt(), p.get("index").asInt()),
            "permute",
            (p, t) -> new Permute(numbers(p.get("dims"))),
            "reshape",
            (p, t) -> new Reshape(numbers(p.get("to"))),
            "channel_shuffle",
            (p, t) -> new ChannelShuffle(p.get("groups").asInt()),
            "mean",
            (p, t) -> new Mean(numbers(p.get("axes")), keeps(p)),
            "subtract",
            (p, t) -> new Subtract(),
            "divide",
            (p, t) -> new Divide(),
            "maximum",
            (p, t) -> new Maximum()));
    TABLE.putAll(
        Map.of(
            "add",
            (p, t) -> new Add(),
            "minimum",
            (p, t) -> new Minimum(),
            "pow",
            (p, t) -> new Pow(),
            "compare",
            (p, t) ->
                new Compare(Compare.Kind.valueOf(p.get("kind").asText().toUpperCase(Locale.ROOT))),
            "where",
            (p, t) -> new Where()));
  }

  static {
    TABLE.put("concat", (p, t) -> new Concat(p.path("axis").asInt()));
    TABLE.put("matmul", (p, t) -> new Matmul());
    TABLE.put(
        "grid_sample",
        (p, t) ->
            new GridSample(
                GridSample.Mode.valueOf(p.get("mode").asText().toUpperCase(Locale.ROOT)),
                GridSample.PaddingMode.valueOf(
                    p.get("padding_mode").asText().toUpperCase(Locale.ROOT)),
                p.get("align_corners").asBoolean()));
    TABLE.put(
        "deform_conv2d",
        (p, t) ->
            new DeformConv2d(
                p.get("out_channels").asInt(),
                GoldenOperators.size(p, "kernel"),
                GoldenOperators.size(p, "stride"),
                GoldenOperators.size(p, "padding"),
                GoldenOperators.size(p, "dilation"),
                p.get("groups").asInt(),
                p.get("offset_groups").asInt(),
                t.containsKey("bias")));
    TABLE.put(
        "scaled_dot_product_attention",
        (p, t) ->
            new ScaledDotProductAttention(
                p.get("heads").asInt(),
                (float) p.get("scale").asDouble(),
                p.get("causal").asBoolean(),
                p.get("bias_heads").asInt(),
                1));
    TABLE.put(
        "local_response_norm",
        (p, t) ->
            new LocalResponseNorm(
                p.get("size").asInt(),
                (float) p.get("alpha").asDouble(),
                (float) p.get("beta").asDouble(),
                (float) p.get("k").asDouble()));
    TABLE.put(
        "argmax",
        (p, t) ->
            new Argmax(
                p.get("axis").asInt(),
                p.get("keep_dim").asBoolean(),
                p.get("select_last").asBoolean()));
    TABLE.put(
        "argmin",
        (p, t) ->
            new Argmin(
                p.get("axis").asInt(),
                p.get("keep_dim").asBoolean(),
                p.get("select_last").asBoolean()));
    TABLE.put("amax", (p, t) -> new Amax(numbers(p.get("axes")), keeps(p)));
    TABLE.put("amin", (p, t) -> new Amin(numbers(p.get("axes")), keeps(p)));
    TABLE.put("prod", (p, t) -> new Prod(numbers(p.get("axes")), keeps(p)));
    TABLE.put("sum", (p, t) -> new Sum(numbers(p.get("axes")), keeps(p)));
    TABLE.put("gather", (p, t) -> new Gather(p.get("axis").asInt(), numbers(p.get("indices"))));
  }

  static {
    TABLE.put(
        "conv3d",
        (p, t) ->
            new Conv3d(
                t.get("weight").dim(0),
                size3(p, "kernel"),
                size3(p, "stride"),
                size3(p, "padding"),
                size3(p, "dilation"),
                p.get("groups").asInt(),
                p.get("bias").asBoolean()));
    TABLE.put(
        "max_pool3d",
        (p, t) ->
            new MaxPool3d(
                size3(p, "kernel"),
                size3(p, "stride"),
                size3(p, "padding"),
                size3(p, "dilation"),
                p.get("ceil_mode").asBoolean()));
    TABLE.put(
        "avg_pool3d",
        (p, t) ->
            new AvgPool3d(
                size3(p, "kernel"),
                size3(p, "stride"),
                size3(p, "padding"),
                p.get("ceil_mode").asBoolean(),
                p.get("count_include_pad").asBoolean()));
    TABLE.put(
        "batch_norm3d",
        (p, t) ->
            new BatchNorm3d((float) p.get("momentum").asDouble(), (float) p.get("eps").asDouble()));
  }

  private static Size3 size3(JsonNode params, String key) {
    JsonNode size = params.get(key);
    return new Size3(size.get(0).asInt(), size.get(1).asInt(), size.get(2).asInt());
  }

  private static boolean keeps(JsonNode params) {
    return params.get("keep_dims").asBoolean();
  }

  private static List<Integer> numbers(JsonNode array) {
    List<Integer> all = new ArrayList<>();
    array.forEach(n -> all.add(n.asInt()));
    return all;
  }

  private GoldenLayers() {}

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> tensors) {
    Layer layer = TABLE.get(operator).apply(params, tensors);
    boolean training = params.path("training").asBoolean();
    Map<String, NdArray> state = new HashMap<>(tensors);
    List<String> names = new ArrayList<>(INPUTS);
    names.removeIf(name -> !tensors.containsKey(name));
    List<NdArray> inputs = names.stream().map(tensors::get).toList();
    LayerReference twin = LayerReference.of(layer);
    state.keySet().retainAll(List.of("weight", "bias", "running_mean", "running_var"));
    Map<String, NdArray> results = new TreeMap<>();
    results.put("output", twin.forward(inputs, state, training));
    LayerReference.Gradients g = twin.backward(inputs, state, tensors.get("grad_output"), training);
    for (int i = 0; i < names.size(); i++) {
      results.put("grad_" + names.get(i), g.inputs().get(i));
    }
    g.parameters().forEach((name, of) -> results.put("grad_" + name, of));
    if (training && layer instanceof BatchNorm3d norm) {
      statistics(norm.as2d(), norm::image, tensors, results);
    } else if (training) {
      BatchNorm1d norm = (BatchNorm1d) layer;
      statistics(norm.as2d(), norm::image, tensors, results);
    }
    return results;
  }

  private static void statistics(
      BatchNorm2d norm,
      UnaryOperator<Shape> image,
      Map<String, NdArray> tensors,
      Map<String, NdArray> results) {
    NdArray x = tensors.get("input");
    NdArray images = x.reshape(image.apply(x.shape().sample()).batch(x.dim(0)));
    BatchNorm2dReference.Statistics moved =
        BatchNorm2dReference.moved(
            norm,
            new BatchNorm2dReference.Statistics(
                tensors.get("running_mean"), tensors.get("running_var")),
            images);
    results.put("running_mean_after", moved.mean());
    results.put("running_var_after", moved.var());
  }
}
