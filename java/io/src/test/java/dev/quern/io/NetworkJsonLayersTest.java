package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.activation.PRelu;
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
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import org.junit.jupiter.api.Test;

/**
 * Each type of layer that is not element-wise in a network file: its keys, its defaults, and back.
 */
class NetworkJsonLayersTest {
  @Test
  void readsLayersOfSignals() {
    String text =
        """
{"name": "n", "input": [2, 40], "layers": [
  {"type": "conv1d", "out_channels": 4, "kernel": 3, "stride": 2, "padding": 1, "dilation": 2,
   "groups": 2, "bias": false},
  {"type": "batch_norm1d", "momentum": 0.5},
  {"type": "conv_transpose1d", "out_channels": 3, "kernel": 4, "stride": 2, "output_padding": 1},
  {"type": "max_pool1d", "kernel": 2, "ceil_mode": true},
  {"type": "avg_pool1d", "kernel": 3, "stride": 1, "count_include_pad": false},
  {"type": "adaptive_avg_pool1d", "output_size": 4}]}
""";
    Network expected =
        Network.of(
            "n",
            Shape.of(2, 40),
            new Conv1d(4, 3).stride(2).padding(1).dilation(2).groups(2).bias(false),
            new BatchNorm1d(0.5f, 1e-5f),
            new ConvTranspose1d(3, 4).stride(2).outputPadding(1),
            new MaxPool1d(2).ceilMode(true),
            new AvgPool1d(3).stride(1).countIncludePad(false),
            new AdaptiveAvgPool1d(4));
    assertThat(NetworkJson.read(text)).isEqualTo(expected);
    assertThat(NetworkJson.read(NetworkJson.write(expected))).isEqualTo(expected);
  }

  @Test
  void readsLayersThatMoveAndCombine() {
    String text =
        """
{"name": "n", "input": [4, 6, 5], "layers": [
  {"name": "k", "type": "constant", "shape": [4, 1, 1], "values": [1, -2, 0.5, 0.1]},
  {"name": "d", "type": "subtract", "inputs": ["input", "k"]},
  {"name": "q", "type": "divide", "inputs": ["d", "k"]},
  {"name": "m", "type": "maximum", "inputs": ["q", "d", "input"]},
  {"name": "l", "type": "minimum", "inputs": ["q", "k"]},
  {"name": "w0", "type": "pow", "inputs": ["k", "l"]},
  {"name": "w1", "type": "compare", "kind": "less_or_equal", "inputs": ["w0", "m"]},
  {"name": "w", "type": "where", "inputs": ["w1", "k", "m"]},
  {"name": "t", "type": "trainable_tensor", "shape": [4, 1, 1], "value": 0.5},
  {"name": "u", "type": "trainable_tensor", "shape": [4, 6, 5], "random": true},
  {"name": "v", "type": "maximum", "inputs": ["w", "t", "u"]},
  {"type": "channel_shuffle", "groups": 2}, {"type": "chunk", "axis": 0, "chunks": 2, "index": 1},
  {"type": "slice", "axis": 1, "start": -4}, {"type": "slice", "axis": -1, "end": 4, "step": 2},
  {"type": "gather", "axis": -2, "indices": [3, -1, 0, 0]},
  {"name": "p", "type": "permute", "dims": [0, 2, 1]},
  {"type": "matmul", "inputs": ["gather1", "p"]},
  {"type": "permute", "dims": [1, 0, 2]}, {"name": "r", "type": "reshape", "shape": [4, -1]},
  {"name": "c", "type": "concat", "inputs": ["r", "r"]},
  {"type": "concat", "axis": -1, "inputs": ["c", "c"]},
  {"type": "mean", "axes": [0, 1], "keep_dims": true},
  {"type": "sum", "axes": [-1], "keep_dims": true}, {"type": "amax", "axes": [0], "keep_dims": true},
  {"type": "amin", "axes": [0], "keep_dims": true}, {"type": "prod", "axes": [0]},
  {"type": "argmax", "axis": 0, "keep_dim": true, "select_last": true}, {"type": "argmin", "axis": -1}]}
""";
    Network expected =
        Network.builder("n", Shape.of(4, 6, 5))
            .add("k", new Constant(Shape.of(4, 1, 1), new float[] {1, -2, 0.5f, 0.1f}))
            .add("d", new Subtract(), "input", "k")
            .add("q", new Divide(), "d", "k")
            .add("m", new Maximum(), "q", "d", "input")
            .add("l", new Minimum(), "q", "k")
            .add("w0", new Pow(), "k", "l")
            .add("w1", new Compare(Compare.Kind.LESS_OR_EQUAL), "w0", "m")
            .add("w", new Where(), "w1", "k", "m")
            .add("t", new TrainableTensor(4, 1, 1).value(0.5f))
            .add("u", new TrainableTensor(4, 6, 5).random(true))
            .add("v", new Maximum(), "w", "t", "u")
            .add(new ChannelShuffle(2))
            .add(new Chunk(0, 2, 1))
            .add(new Slice(1, -4, Integer.MAX_VALUE))
            .add(new Slice(-1, 0, 4, 2))
            .add(new Gather(-2, 3, -1, 0, 0))
            .add("p", new Permute(0, 2, 1))
            .add("matmul1", new Matmul(), "gather1", "p")
            .add(new Permute(1, 0, 2))
            .add("r", new Reshape(4, -1))
            .add("c", new Concat(), "r", "r")
            .add("concat1", new Concat(-1), "c", "c")
            .add(new Mean(0, 1).keepDims(true))
            .add(new Sum(-1).keepDims(true))
            .add(new Amax(0).keepDims(true))
            .add(new Amin(0).keepDims(true))
            .add(new Prod(0))
            .add(new Argmax(0, true, true))
            .add(new Argmin(-1))
            .build();
    assertThat(NetworkJson.read(text)).isEqualTo(expected);
    assertThat(NetworkJson.write(expected))
        .contains("\"concat\",\"inputs\"", "\"concat\",\"axis\":-1");
    assertThat(NetworkJson.read(NetworkJson.write(expected))).isEqualTo(expected);
  }

  @Test
  void readsLayersThatChangeShapes() {
    String text =
        """
        {"type": "conv_transpose2d", "out_channels": 6, "kernel": [3, 2], "stride": 2, "padding": 1,
         "output_padding": [1, 0], "groups": 3, "bias": false, "dilation": [1, 2]},
        {"type": "conv_transpose2d", "out_channels": 4, "kernel": 2},
        {"type": "zero_pad2d", "padding": [1, 2, 0, 3]}, {"type": "zero_pad2d", "padding": 1},
        {"type": "reflection_pad2d", "padding": [0, 1, 2, 3]},
        {"type": "upsample_nearest2d", "scale_factor": [2, 1]},
        {"name": "gate", "type": "adaptive_avg_pool2d", "output_size": 1},
        {"type": "multiply", "inputs": ["upsample_nearest2d1", "gate"]}
        """;
    Network expected =
        Network.builder("n", Shape.of(3, 32, 32))
            .add(
                new ConvTranspose2d(6, new Size(3, 2))
                    .stride(2)
                    .padding(1)
                    .outputPadding(new Size(1, 0))
                    .groups(3)
                    .bias(false)
                    .dilation(new Size(1, 2)))
            .add(new ConvTranspose2d(4, 2))
            .add(new ZeroPad2d(1, 2, 0, 3))
            .add(new ZeroPad2d(1))
            .add(new ReflectionPad2d(0, 1, 2, 3))
            .add(new UpsampleNearest2d(new Size(2, 1)))
            .add("gate", new AdaptiveAvgPool2d(1))
            .add("multiply1", new Multiply(), "upsample_nearest2d1", "gate")
            .build();
    assertThat(NetworkJsonTest.read(text)).isEqualTo(expected);
    assertThat(NetworkJson.write(expected))
        .contains("\"padding\":[1,2,0,3]", "\"padding\":1}", "\"output_padding\":[1,0]");
  }

  @Test
  void defaultsArePyTorchs() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "conv2d", "out_channels": 4, "kernel": 3}, {"type": "max_pool2d", "kernel": [3, 2]},
{"type": "avg_pool2d", "kernel": 2}, {"type": "flatten"}, {"type": "linear", "out_features": 2}
""");
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new Conv2d(4, 3),
                new MaxPool2d(new Size(3, 2)),
                new AvgPool2d(2),
                new Flatten(),
                new Linear(2)));
  }

  @Test
  void readsAndWritesMoreLayersThatChangeShapes() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "replication_pad2d", "padding": [0, 1, 2, 3]}, {"type": "circular_pad2d", "padding": 1},
{"type": "upsample_bilinear2d", "scale_factor": 2},
{"type": "upsample_bilinear2d", "scale_factor": [1, 2], "align_corners": true},
{"type": "adaptive_max_pool2d", "output_size": [5, 4]},
{"type": "prelu"}, {"type": "prelu", "num_parameters": 3, "init": 0.5}
""");
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new ReplicationPad2d(0, 1, 2, 3),
                new CircularPad2d(1),
                new UpsampleBilinear2d(2),
                new UpsampleBilinear2d(new Size(1, 2), true),
                new AdaptiveMaxPool2d(new Size(5, 4)),
                new PRelu(),
                new PRelu(3, 0.5f)));
    assertThat(NetworkJson.write(network))
        .contains("\"type\":\"replication_pad2d\",\"padding\":[0,1,2,3]}")
        .contains("\"type\":\"upsample_bilinear2d\",\"scale_factor\":2}")
        .contains("\"scale_factor\":[1,2],\"align_corners\":true}")
        .contains("{\"name\":\"prelu1\",\"type\":\"prelu\"}")
        .contains("\"num_parameters\":3,\"init\":0.5}");
  }

  @Test
  void readsAndWritesAnImageOfTheSizeOfAnother() {
    Network network =
        NetworkJsonTest.read(
            """
{"name": "a", "type": "max_pool2d", "kernel": 3},
{"name": "b", "type": "resize_like", "inputs": ["a", "input"]},
{"name": "c", "type": "resize_like", "mode": "bilinear_aligned", "inputs": ["b", "a"]},
{"name": "d", "type": "resize_like", "mode": "nearest", "inputs": ["c", "b"]}
""");
    assertThat(network.output()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(network)
        .isEqualTo(
            Network.builder("n", Shape.of(3, 32, 32))
                .add("a", new MaxPool2d(3))
                .add("b", new ResizeLike(), "a", "input")
                .add("c", new ResizeLike(ResizeLike.Mode.BILINEAR_ALIGNED), "b", "a")
                .add("d", new ResizeLike(ResizeLike.Mode.NEAREST), "c", "b")
                .build());
    assertThat(NetworkJson.write(network))
        .contains("\"type\":\"resize_like\",\"inputs\":[\"a\",\"input\"]}")
        .contains("\"mode\":\"bilinear_aligned\"");
  }

  @Test
  void readsAndWritesSampledImages() {
    Network network =
        NetworkJsonTest.read(
            """
{"name": "a", "type": "reshape", "shape": [48, 32, 2]},
{"name": "b", "type": "grid_sample", "inputs": ["input", "a"]},
{"name": "c", "type": "grid_sample", "mode": "bicubic", "padding_mode": "reflection", "align_corners": true,
 "inputs": ["b", "a"]}
""");
    assertThat(network.output()).isEqualTo(Shape.of(3, 48, 32));
    GridSample other =
        new GridSample(GridSample.Mode.BICUBIC, GridSample.PaddingMode.REFLECTION, true);
    assertThat(network)
        .isEqualTo(
            Network.builder("n", Shape.of(3, 32, 32))
                .add("a", new Reshape(48, 32, 2))
                .add("b", new GridSample(), "input", "a")
                .add("c", other, "b", "a")
                .build());
    assertThat(NetworkJson.write(network))
        .contains("\"type\":\"grid_sample\",\"inputs\":[\"input\",\"a\"]}")
        .contains("\"mode\":\"bicubic\",\"padding_mode\":\"reflection\",\"align_corners\":true");
  }

  @Test
  void readsAndWritesPaddingInItsForms() {
    Network network =
        NetworkJsonTest.read(
            """
            {"type": "conv2d", "out_channels": 2, "kernel": 2, "padding": "same"},
            {"type": "conv2d", "out_channels": 2, "kernel": 2, "padding": [0, 1, 2, 3]},
            {"type": "conv2d", "out_channels": 2, "kernel": 2, "padding": [1, 1, 2, 2]},
            {"type": "conv2d", "out_channels": 2, "kernel": 2, "padding": [2, 1]},
            {"type": "max_pool2d", "kernel": 3, "stride": 1, "padding": [0, 1, 2, 1]},
            {"type": "max_pool2d", "kernel": 3, "stride": 1, "padding": [1, 1, 2, 2]},
            {"type": "avg_pool2d", "kernel": 3, "stride": 1, "padding": [0, 1, 2, 1], "dilation": 2}
            """);
    Conv2d conv = new Conv2d(2, 2);
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                conv.padding("same"),
                conv.padding(0, 1, 2, 3),
                conv.padding(new Size(2, 1)),
                conv.padding(new Size(2, 1)),
                new MaxPool2d(3).stride(1).padding(0, 1, 2, 1),
                new MaxPool2d(3).stride(1).padding(new Size(2, 1)),
                new AvgPool2d(3).stride(1).padding(0, 1, 2, 1).dilation(2)));
    assertThat(NetworkJson.write(network))
        .contains("\"kernel\":2,\"padding\":\"same\"}")
        .contains("\"kernel\":2,\"padding\":[0,1,2,3]}")
        .contains("\"kernel\":2,\"padding\":[2,1]}")
        .contains("\"max_pool2d\",\"kernel\":3,\"stride\":1,\"padding\":[0,1,2,1]}")
        .contains("\"max_pool2d\",\"kernel\":3,\"stride\":1,\"padding\":[2,1]}")
        .contains("\"avg_pool2d\",\"kernel\":3,\"stride\":1,\"padding\":[0,1,2,1],\"dilation\":2}");
  }

  @Test
  void readsAndWritesNormalisations() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "group_norm", "num_groups": 3}, {"type": "group_norm", "num_groups": 1, "eps": 0.5, "affine": false},
{"type": "local_response_norm", "size": 5},
{"type": "local_response_norm", "size": 4, "alpha": 0.5, "beta": 1, "k": 2},
{"type": "layer_norm", "normalized_shape": [3, 32, 32]},
{"type": "layer_norm", "normalized_shape": [32], "eps": 0.25, "bias": false},
{"type": "layer_norm", "normalized_shape": [32, 32], "elementwise_affine": false},
{"type": "rms_norm", "normalized_shape": [32]},
{"type": "rms_norm", "normalized_shape": [3, 32, 32], "eps": 0.25, "elementwise_affine": false}
""");
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new GroupNorm(3),
                new GroupNorm(1, 0.5f, false),
                new LocalResponseNorm(5),
                new LocalResponseNorm(4, 0.5f, 1, 2),
                new LayerNorm(3, 32, 32),
                new LayerNorm(Shape.of(32), 0.25f, true, false),
                new LayerNorm(Shape.of(32, 32), 1e-5f, false, false),
                new RmsNorm(32),
                new RmsNorm(Shape.of(3, 32, 32), 0.25f, false)));
    assertThat(NetworkJson.write(network))
        .contains("{\"name\":\"group_norm1\",\"type\":\"group_norm\",\"num_groups\":3}")
        .contains("\"local_response_norm\",\"size\":5}")
        .contains("\"size\":4,\"alpha\":0.5,\"beta\":1.0,\"k\":2.0}")
        .contains("\"normalized_shape\":[32],\"eps\":0.25,\"bias\":false}")
        .contains("\"normalized_shape\":[32,32],\"elementwise_affine\":false}")
        .contains("\"type\":\"rms_norm\",\"normalized_shape\":[32]}")
        .contains("\"normalized_shape\":[3,32,32],\"eps\":0.25,\"elementwise_affine\":false}");
  }
}
