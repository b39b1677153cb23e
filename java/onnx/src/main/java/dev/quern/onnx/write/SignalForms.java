package dev.quern.onnx.write;

import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.ConvTranspose1d;
import java.util.function.UnaryOperator;

/** The ONNX forms of one-dimensional layers: operators with one spatial axis. */
final class SignalForms {
  private SignalForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(AdaptiveAvgPool1d.class, SignalForms::adaptiveAvgPool)
        .add(Conv1d.class, SignalForms::conv)
        .add(ConvTranspose1d.class, SignalForms::convTranspose);
  }

  /**
   * Writes a layer between nodes that reshape samples {@code [L]} or {@code [C, 1, L]} to {@code
   * [N, C, L]} and back. For samples {@code [L]}, the output has samples {@code [C', L']}.
   */
  static Value write(NodeWriter n, UnaryOperator<Value> layer) {
    int rank = n.shape().rank();
    Value x = rank == 1 ? n.unsqueeze(n.in(), 1) : rank == 3 ? n.squeeze(n.in(), 2) : n.in();
    Value y = layer.apply(x);
    return rank == 3 ? n.unsqueeze(y, 2) : y;
  }

  private static Value adaptiveAvgPool(AdaptiveAvgPool1d l, NodeWriter n) {
    long length = n.shape().toArray()[n.shape().rank() - 1]; // may be dynamic
    AdaptiveWindows windows = new AdaptiveWindows(length, l.outputSize());
    return write(n, x -> AdaptivePoolForms.pool("Average", x, n, windows));
  }

  private static Value conv(Conv1d c, NodeWriter n) {
    return write(
        n,
        x ->
            ConvolutionForms.weighted("Conv", n, x, c.bias())
                .with("kernel_shape", new long[] {c.kernel()})
                .with("strides", new long[] {c.stride()})
                .with("pads", c.padding(), c.padding())
                .with("dilations", new long[] {c.dilation()})
                .with("group", (long) c.groups()));
  }

  private static Value convTranspose(ConvTranspose1d c, NodeWriter n) {
    return write(
        n,
        x ->
            ConvolutionForms.weighted("ConvTranspose", n, x, c.bias())
                .with("kernel_shape", new long[] {c.kernel()})
                .with("strides", new long[] {c.stride()})
                .with("pads", c.padding(), c.padding())
                .with("output_padding", new long[] {c.outputPadding()})
                .with("dilations", new long[] {c.dilation()})
                .with("group", (long) c.groups()));
  }
}
