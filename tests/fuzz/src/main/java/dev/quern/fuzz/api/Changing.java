package dev.quern.fuzz.api;

import dev.quern.data.Dataset;
import java.lang.reflect.Executable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A case of calls whose arguments change while they are used: another thread writes to arrays,
 * lists and maps, lists and maps answer otherwise each time they are read, and data sets, too. What
 * was checked and what is used then differ, unless they are one copy.
 */
final class Changing extends Calls {
  /**
   * @param called hears of each method that was called
   */
  Changing(long seed, Folder folder, Consumer<Executable> called) {
    super(seed, folder, called);
  }

  @Override
  Object[] given(Executable e, Object[] args) {
    Object[] changed = args.clone();
    for (int i = 0; i < args.length; i++) {
      Object other = fickle(args[i]);
      changed[i] = fits(e.getParameterTypes()[i], other) ? other : args[i];
    }
    return changed;
  }

  private static boolean fits(Class<?> type, Object arg) {
    return arg == null || type.isPrimitive() || type.isInstance(arg);
  }

  private Object fickle(Object arg) {
    if (arg instanceof List<?> list && draw.once(2)) {
      return new FickleList(draw.split(), list);
    } else if (arg != null && arg.getClass() == LinkedHashMap.class && draw.once(2)) {
      return new FickleMap(draw.split(), (Map<?, ?>) arg);
    } else if (arg instanceof Dataset data && draw.once(3)) {
      return new FickleDataset(draw.split(), data);
    }
    return arg;
  }

  @Override
  Object invoke(Executable e, Object receiver, Object[] args) throws ReflectiveOperationException {
    Changer changer = Changer.of(draw.split(), args);
    try {
      return super.invoke(e, receiver, args);
    } finally {
      changer.close();
    }
  }
}
