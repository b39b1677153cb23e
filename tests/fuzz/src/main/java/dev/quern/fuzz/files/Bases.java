package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.List;

/** Small things to begin with. */
final class Bases {
  static final List<String> CLASSES = List.of("a", "b", "c");
  static final int BATCH = 2;

  /** How many kinds of trainers there are. */
  static final int TRAINERS = 3;

  /** Descriptions that have every layer type and most keys between them. */
  static final List<String> NETWORKS =
      List.of(
          """
          {"name": "d", "input": [1, 8, 8], "outputs": ["grid", "scores", "boxes"],
           "tasks": {"grid": {"type": "plain", "loss": {"type": "point_loss", "alpha": 0.5}}},
           "detection": {"type": "point_boxes", "levels": [{"stride": 4, "outputs": ["grid"]}],
            "exp": true, "centerness": false, "function": "softmax", "classes": ["a", "b"],
            "nms": {"score": 0.1, "iou": 0.9, "candidates": 9, "most": 5}}, "layers": [
            {"name": "grid", "type": "conv2d", "out_channels": 6, "kernel": 4, "stride": 4},
            {"name": "scores", "type": "reshape", "shape": [4, 6]},
            {"name": "boxes", "type": "reshape", "shape": [6, 4]}]}
          """,
          """
          {"name": "e", "input": [24], "outputs": ["scores", "boxes"],
           "detection": {"type": "ssd_boxes", "scores": "scores", "offsets": "boxes",
            "priors": [0, 0, 1, 1, 0, 0, 0.5, 0.5, 0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0, 0, 0, 1, 1,
             0, 0, 1, 0.5], "center_variance": 0.1, "size_variance": 0.2, "function": "sigmoid",
            "background": 1}, "layers": [
            {"name": "scores", "type": "reshape", "shape": [4, 6]},
            {"name": "boxes", "type": "reshape", "shape": [6, 4]}]}
          """,
          """
          {"name": "pose", "input": [24], "outputs": ["rows"],
           "detection": {"type": "yolo_pose", "output": "rows", "key_points": 2,
            "visibility": true, "classes": ["a", "b"]}, "layers": [
            {"name": "rows", "type": "reshape", "shape": [12, 2]}]}
          """,
          """
          {"name": "seg", "input": [24], "outputs": ["rows", "protos"],
           "detection": {"type": "yolo_seg", "output": "rows", "prototypes": "protos",
            "classes": ["a", "b"]}, "layers": [
            {"name": "rows", "type": "reshape", "shape": [12, 2]},
            {"name": "protos", "type": "reshape", "shape": [6, 2, 2]}]}
          """,
          """
          {"name": "a", "input": [1, 6, 6], "layers": [
            {"name": "c1", "type": "conv2d", "out_channels": 2, "kernel": 3, "stride": [1, 2],
             "padding": 1, "dilation": 1, "groups": 1, "bias": false},
            {"type": "batch_norm2d", "momentum": 0.2, "eps": 1e-4},
            {"type": "relu"},
            {"type": "max_pool2d", "kernel": [2, 1], "stride": 2, "padding": [0, 0, 1, 0],
             "ceil_mode": true},
            {"type": "flatten"}, {"type": "linear", "out_features": 3}, {"type": "softmax"}]}
          """,
          """
          {"name": "b", "input": [2, 5, 5], "layers": [
            {"name": "p", "type": "zero_pad2d", "padding": [1, 0, 1, 2]},
            {"name": "x", "type": "conv2d", "out_channels": 4, "kernel": [3, 2], "groups": 2,
             "padding": [0, 1, 2, 0]},
            {"name": "y", "type": "conv2d", "inputs": ["p"], "out_channels": 4, "kernel": [3, 2],
             "padding": [0, 1, 2, 0]},
            {"name": "s", "type": "add", "inputs": ["x", "y"]},
            {"name": "m", "type": "multiply", "inputs": ["x", "s"]},
            {"name": "z", "type": "concat", "inputs": ["m", "s", "x"]},
            {"type": "group_norm", "num_groups": 3, "affine": false},
            {"type": "dropout2d", "p": 0.25}, {"type": "stochastic_depth", "p": 0.5},
            {"type": "adaptive_avg_pool2d", "output_size": [2, 3]},
            {"type": "flatten"}, {"type": "dropout"},
            {"type": "linear", "out_features": 2, "bias": false}]}
          """,
          """
          {"name": "c", "input": [3, 4, 4], "layers": [
            {"type": "local_response_norm", "size": 3, "alpha": 0.5, "beta": 0.75, "k": 2},
            {"type": "reflection_pad2d", "padding": 1},
            {"type": "conv_transpose2d", "out_channels": 2, "kernel": 2, "stride": 2, "padding": 1,
             "output_padding": 1, "groups": 1, "bias": true, "dilation": 1},
            {"type": "avg_pool2d", "kernel": 3, "stride": 2, "padding": [1, 1, 2, 0], "dilation": 1,
             "ceil_mode": true, "count_include_pad": false},
            {"type": "upsample_nearest2d", "scale_factor": [2, 1]},
            {"type": "layer_norm", "normalized_shape": [2, 12, 6], "eps": 1e-3},
            {"type": "replication_pad2d", "padding": [1, 0, 0, 2]},
            {"type": "circular_pad2d", "padding": 1},
            {"type": "upsample_bilinear2d", "scale_factor": [1, 2], "align_corners": true},
            {"type": "prelu", "num_parameters": 2, "init": 0.5},
            {"type": "adaptive_max_pool2d", "output_size": [2, 1]}]}
          """,
          """
          {"name": "s", "input": [1, 40], "layers": [
            {"type": "conv1d", "out_channels": 4, "kernel": 3, "stride": 1, "padding": 1,
             "dilation": 1, "groups": 1, "bias": true},
            {"type": "batch_norm1d", "momentum": 0.2}, {"type": "relu"},
            {"type": "max_pool1d", "kernel": 2, "stride": 2, "padding": 1, "ceil_mode": true},
            {"type": "conv_transpose1d", "out_channels": 2, "kernel": 3, "stride": 2,
             "output_padding": 1, "groups": 2},
            {"type": "avg_pool1d", "kernel": 3, "count_include_pad": false},
            {"type": "adaptive_avg_pool1d", "output_size": 4}, {"type": "flatten"}]}
          """,
          """
          {"name": "o", "input": [2, 3, 3], "outputs": ["fc", "own"], "tasks": {
            "fc": {"type": "multi_label", "classes": ["x", "y"], "weight": 0.5,
                   "loss": {"type": "bce_with_logits", "pos_weights": [1, 2], "reduction": "sum"}},
            "own": {"type": "image", "loss": {"type": "huber", "delta": 0.5}}}, "layers": [
            {"name": "own", "type": "fuzz.scaled", "factor": 0.5, "notes": ["a", "b"]},
            {"type": "flatten"}, {"name": "fc", "type": "linear", "out_features": 2}]}
          """,
          """
          {"name": "m", "input": [4, 6, 5], "layers": [
            {"name": "k", "type": "constant", "shape": [4, 1, 1], "values": [1, -2, 0.5, 3e-1]},
            {"name": "d", "type": "subtract", "inputs": ["input", "k"]},
            {"type": "divide", "inputs": ["d", "k"]}, {"type": "maximum", "inputs": ["d", "input"]},
            {"type": "channel_shuffle", "groups": 2},
            {"type": "chunk", "axis": 0, "chunks": 2, "index": 1},
            {"type": "slice", "axis": -1, "start": -4, "end": 100, "step": 2},
            {"type": "permute", "dims": [1, 0, 2]}, {"type": "linear", "out_features": 3},
            {"name": "g", "type": "gather", "axis": 1, "indices": [1, 0, -1]},
            {"name": "t", "type": "permute", "dims": [0, 2, 1]},
            {"name": "p", "type": "matmul", "inputs": ["g", "t"]},
            {"type": "concat", "axis": -2, "inputs": ["p", "g", "p"]},
            {"type": "reshape", "shape": [-1, 3]}, {"type": "mean", "axes": [0], "keep_dims": true},
            {"type": "sum", "axes": [0], "keep_dims": true}, {"type": "amax", "axes": [-1], "keep_dims": true},
            {"type": "amin", "axes": [1]}, {"type": "prod", "axes": [0], "keep_dims": true},
            {"type": "argmax", "axis": 0, "keep_dim": true}, {"type": "argmin", "axis": -1, "select_last": true}]}
          """,
          """
          {"name": "g", "input": [2, 4, 6], "layers": [
            {"name": "p", "type": "permute", "dims": [2, 1, 0]},
            {"name": "s", "type": "grid_sample", "mode": "bicubic", "padding_mode": "border", "inputs": ["input", "p"]},
            {"name": "t", "type": "grid_sample", "mode": "nearest", "align_corners": true, "inputs": ["s", "p"]}]}
          """,
          """
          {"name": "d", "input": [2, 4, 6], "layers": [
            {"name": "o", "type": "conv2d", "out_channels": 8, "kernel": [1, 2], "padding": [0, 1]},
            {"name": "m", "type": "conv2d", "out_channels": 4, "kernel": [1, 2], "padding": [0, 1], "inputs": ["input"]},
            {"name": "f", "type": "deform_conv2d", "out_channels": 2, "kernel": [1, 2], "padding": [0, 1], "groups": 2,
             "offset_groups": 2, "bias": false, "inputs": ["input", "o", "m"]}]}
          """,
          """
          {"name": "r", "input": [6, 3], "layers": [
            {"type": "lstm", "hidden_size": 4, "direction": "bidirectional", "initial_state": true},
            {"type": "gru", "hidden_size": 3, "direction": "reverse", "linear_before_reset": false},
            {"type": "rnn", "hidden_size": 2, "bias": false, "nonlinearity": "relu"},
            {"type": "lstm", "hidden_size": 2, "cell_state": true}]}
          """,
          """
          {"name": "v", "input": [2, 4, 6, 5], "layers": [
            {"type": "conv3d", "out_channels": 4, "kernel": [3, 2, 3], "padding": 1, "stride": [1, 2, 1], "groups": 2},
            {"type": "batch_norm3d"}, {"type": "max_pool3d", "kernel": [2, 2, 1], "stride": 1, "ceil_mode": true},
            {"type": "avg_pool3d", "kernel": 2, "padding": [1, 0, 0], "count_include_pad": false},
            {"type": "conv3d", "out_channels": 2, "kernel": 1, "bias": false}]}
          """,
          """
          {"name": "d", "input": [7], "layers": [
            {"type": "linear", "out_features": 4}, {"type": "sigmoid"}, {"type": "tanh"},
            {"type": "layer_norm", "normalized_shape": [4], "elementwise_affine": false},
            {"type": "rms_norm", "normalized_shape": [4], "eps": 1e-6},
            {"type": "leaky_relu"}, {"type": "elu"}, {"type": "gelu"}, {"type": "silu"},
            {"type": "linear", "out_features": 2}, {"type": "log_softmax"}]}
          """);

  static {
    Scaled.register();
  }

  private Bases() {}

  /** 1x4x4 to three classes, with running statistics. */
  static Network network() {
    return Network.of(
        "small",
        Shape.of(1, 4, 4),
        new Conv2d(2, 3),
        new BatchNorm2d(),
        new Relu(),
        new Flatten(),
        new Linear(CLASSES.size()));
  }

  static Dataset data() {
    byte[] pixels = new byte[5 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 37);
    }
    return Dataset.of("d", Shape.of(1, 4, 4), CLASSES, pixels, new int[] {0, 1, 2, 1, 0});
  }

  /** A new trainer of one of the kinds, which differ in what their states hold. */
  static Trainer trainer(int kind, Network network) {
    TrainerBuilder b = Trainer.builder(network).batch(BATCH).seed(3);
    switch (kind) {
      case 0 -> b.optimizer(new Sgd(0.01f));
      case 1 -> b.optimizer(new Adam(0.01f)).ema(0.9).accumulate(2).schedule(Schedule.cosine());
      default ->
          b.optimizer(new Sgd(0.01f, 0.9f)).lookahead(new Lookahead(2, 0.5f)).validation(data());
    }
    return b.build();
  }

  /** Whether to compute with a network takes no time and memory to speak of. */
  static boolean isSmall(Network n) {
    return n.input().elements() <= 1 << 16
        && n.multiplyAdds() <= 1 << 22
        && n.parameterCount() <= 1 << 18
        && n.shapes().values().stream().mapToLong(Shape::elements).sum() <= 1 << 18;
  }
}
