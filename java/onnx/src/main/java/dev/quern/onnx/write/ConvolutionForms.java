package dev.quern.onnx.write;

import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.volume.Conv3d;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.ArrayList;
import java.util.List;

/** The ONNX forms of convolutions and linear layers: Conv, ConvTranspose, DeformConv and Gemm. */
final class ConvolutionForms {
  /** The first opset with DeformConv. */
  private static final int DEFORMABLE = 19;

  private ConvolutionForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(Conv2d.class, (c, n) -> conv2d(c, n, n.weight("weight")))
        .add(Conv3d.class, ConvolutionForms::conv3d)
        .add(ConvTranspose2d.class, ConvolutionForms::convTranspose2d)
        .add(DeformConv2d.class, ConvolutionForms::deformConv2d)
        .add(Linear.class, (l, n) -> linear(l, n, n.weight("weight")))
        .add(QuantizedConv2d.class, (q, n) -> conv2d(q.plain(), n, n.dequantized(q)))
        .add(QuantizedLinear.class, (q, n) -> linear(q.plain(), n, n.dequantized(q)));
  }

  private static Value conv2d(Conv2d c, NodeWriter n, Value weight) {
    Sides p = c.paddings();
    return weighted("Conv", n, n.in(), weight, c.bias())
        .with("kernel_shape", both(c.kernel()))
        .with("strides", both(c.stride()))
        .with("pads", p.top(), p.left(), p.bottom(), p.right())
        .with("dilations", both(c.dilation()))
        .with("group", c.groups());
  }

  private static Value conv3d(Conv3d c, NodeWriter n) {
    long[] p = all(c.padding());
    return weighted("Conv", n, n.in(), c.bias())
        .with("kernel_shape", all(c.kernel()))
        .with("strides", all(c.stride()))
        .with("pads", p[0], p[1], p[2], p[0], p[1], p[2])
        .with("dilations", all(c.dilation()))
        .with("group", c.groups());
  }

  private static Value convTranspose2d(ConvTranspose2d c, NodeWriter n) {
    long[] p = both(c.padding());
    return weighted("ConvTranspose", n, n.in(), c.bias())
        .with("kernel_shape", both(c.kernel()))
        .with("strides", both(c.stride()))
        .with("pads", p[0], p[1], p[0], p[1])
        .with("output_padding", both(c.outputPadding()))
        .with("dilations", both(c.dilation()))
        .with("group", c.groups());
  }

  private static Value deformConv2d(DeformConv2d c, NodeWriter n) {
    if (n.opset() < DEFORMABLE) {
      throw new Refusal("DeformConv exists since opset " + DEFORMABLE);
    }
    long[] p = both(c.padding());
    List<Value> from = n.inputs();
    List<Value> in = new ArrayList<>(List.of(from.get(0), n.weight("weight"), from.get(1)));
    boolean masked = from.size() > 2;
    if (c.bias() || masked) {
      in.add(c.bias() ? n.weight("bias") : Value.NONE);
    }
    if (masked) {
      in.add(from.get(2));
    }
    return n.op("DeformConv", in)
        .with("kernel_shape", both(c.kernel()))
        .with("strides", both(c.stride()))
        .with("pads", p[0], p[1], p[0], p[1])
        .with("dilations", both(c.dilation()))
        .with("group", c.groups())
        .with("offset_group", c.offsetGroups());
  }

  static Value weighted(String type, NodeWriter n, Value x, boolean bias) {
    return weighted(type, n, x, n.weight("weight"), bias);
  }

  private static Value weighted(String type, NodeWriter n, Value x, Value weight, boolean bias) {
    return bias ? n.op(type, x, weight, n.weight("bias")) : n.op(type, x, weight);
  }

  /** Returns height and width as an array. */
  static long[] both(Size size) {
    return new long[] {size.height(), size.width()};
  }

  /** Returns depth, height and width as an array. */
  static long[] all(Size3 size) {
    return new long[] {size.depth(), size.height(), size.width()};
  }

  /** Writes a linear layer: Gemm if samples are vectors, MatMul if they have more axes. */
  private static Value linear(Linear l, NodeWriter n, Value weight) {
    if (n.shape().rank() == 1) {
      return weighted("Gemm", n, n.in(), weight, l.bias()).with("transB", 1L);
    }
    Value turned = n.op("Transpose", weight).with("perm", 1, 0);
    Value product = n.op("MatMul", n.in(), turned);
    return l.bias() ? n.op("Add", product, n.weight("bias")) : product;
  }
}
