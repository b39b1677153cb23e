package dev.quern.onnx.write;

import dev.quern.layer.Layer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of layer classes and their ONNX forms. */
final class LayerForms {
  static final LayerForms ALL = new LayerForms();

  private final Map<Class<? extends Layer>, LayerForm<? extends Layer>> forms =
      new LinkedHashMap<>();

  private LayerForms() {
    ActivationForms.addTo(this);
    AdaptivePoolForms.addTo(this);
    ArithmeticForms.addTo(this);
    AttentionForms.addTo(this);
    ConvolutionForms.addTo(this);
    FunctionForms.addTo(this);
    NormForms.addTo(this);
    PadForms.addTo(this);
    PoolForms.addTo(this);
    RecurrentForms.addTo(this);
    ShapeForms.addTo(this);
    SignalForms.addTo(this);
  }

  <L extends Layer> LayerForms add(Class<L> layer, LayerForm<L> form) {
    forms.put(layer, form);
    return this;
  }

  /** Returns whether layers of this class have an ONNX form. */
  boolean has(Class<?> layer) {
    return forms.containsKey(layer);
  }

  /** Returns the ONNX form of a layer; null for a custom layer. */
  @SuppressWarnings("unchecked") // add takes them in pairs
  @Nullable LayerForm<Layer> of(Layer layer) {
    return (LayerForm<Layer>) forms.get(layer.getClass());
  }
}
