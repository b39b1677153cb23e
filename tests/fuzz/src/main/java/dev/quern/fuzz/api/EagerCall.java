package dev.quern.fuzz.api;

import dev.quern.eager.Eager;
import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A call of a layer's native operator, by whatever names its passes have. */
final class EagerCall {
  private final World world;
  private final Draw draw;

  EagerCall(World world, Draw draw) {
    this.world = world;
    this.draw = draw;
  }

  void run() throws Exception {
    List<Network.Node> nodes = world.network.nodes();
    Network.Node node = draw.of(nodes);
    Layer layer = node.layer();
    Object pass = pass(layer);
    List<Method> operators =
        Arrays.stream(pass.getClass().getMethods()).filter(EagerCall::isOperator).toList();
    Shape in = world.network.shapes().get(node.inputs().get(0));
    if (operators.isEmpty() || in == null) {
      return;
    }
    Method operator = draw.of(operators);
    try {
      operator.invoke(pass, arguments(operator, layer, in));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw (Error) e.getCause();
    }
  }

  /** The layer's passes; the layer itself, which has no operators, where it has none. */
  private static Object pass(Layer layer) throws ReflectiveOperationException {
    for (Method of : Eager.class.getMethods()) {
      if (of.getName().equals("of") && of.getParameterTypes()[0].isInstance(layer)) {
        return of.invoke(null, layer);
      }
    }
    return layer;
  }

  private static boolean isOperator(Method m) {
    Class<?>[] types = m.getParameterTypes();
    return types.length > 0 && types[0] == Tensor.class && !m.isBridge();
  }

  /** In the order of a forward pass, or in any. */
  private Object[] arguments(Method operator, Layer layer, Shape in) {
    int n = draw.between(1, 3);
    List<Shape> shapes = new ArrayList<>(List.of(in.batch(n)));
    layer.parameters(in).forEach(p -> shapes.add(p.shape()));
    layer.buffers(in).forEach(b -> shapes.add(b.shape()));
    Shape out = layer.outputShape(in).batch(n);
    boolean backward = operator.getName().startsWith("backward");
    Class<?>[] types = operator.getParameterTypes();
    Object[] args = new Object[types.length];
    for (int i = 0; i < args.length; i++) {
      Shape s = i < shapes.size() && !draw.once(12) ? shapes.get(i) : draw.of(shapes);
      args[i] = argument(types[i], backward && i == args.length - 1 ? out : s);
    }
    return args;
  }

  private Object argument(Class<?> type, Shape shape) {
    if (type == Tensor.class) {
      return draw.once(20) ? null : world.tensor(shape);
    } else if (type == long.class) {
      return draw.number();
    } else if (type == int.class) {
      return draw.below(4);
    } else if (type == Shape.class) {
      return shape;
    } else if (type == boolean.class) {
      return draw.once(2);
    }
    return null;
  }
}
