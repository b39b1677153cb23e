package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.error.QuernException;
import dev.quern.layer.Layer;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * F9, F10: every public constructor and method, found by reflection, with nulls and extremes, one
 * argument at a time and some at once: nothing but typed errors comes out.
 */
class PublicApiTest {
  /** Of the calls with more than one odd argument. */
  private static final int COMBINATIONS = Boolean.getBoolean("quern.full") ? 25 : 1;

  /** What ends others' calls, or asks for threads, is left to tests of its own. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "Arena.close",
          "Model.close",
          "Explainer.close",
          "Trainer.close",
          "Engine.setThreads",
          "Conv2dPass.force",
          "TrainerBuilder.build",
          "Trainer.fit");

  private final Set<String> problems = new TreeSet<>();
  private int calls;

  @Test
  void onlyTypedErrorsComeOut() throws Exception {
    try (ApiValues values = new ApiValues()) {
      for (Class<?> type : types()) {
        for (Constructor<?> c : type.getConstructors()) {
          if (!Modifier.isAbstract(type.getModifiers())) {
            attack(values, c, List.of());
          }
        }
        for (Method m : methods(type)) {
          boolean ofClass = Modifier.isStatic(m.getModifiers());
          attack(values, m, ofClass ? List.of() : receivers(values, type));
        }
      }
    }
    assertThat(problems).isEmpty();
    assertThat(calls).isGreaterThan(10_000);
  }

  /** The public types of the exported packages. */
  private static List<Class<?>> types() throws Exception {
    URI home = Network.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path classes = Path.of(home);
    List<Class<?>> types = new ArrayList<>();
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      for (ModuleDescriptor.Exports e : ModuleDescriptor.read(in).exports()) {
        if (e.isQualified()) {
          continue; // for a module of ours alone
        }
        try (Stream<Path> files = Files.list(classes.resolve(e.source().replace('.', '/')))) {
          for (Path file : files.sorted().toList()) {
            String name = file.getFileName().toString();
            if (name.endsWith(".class") && !name.equals("package-info.class")) {
              types.add(Class.forName(e.source() + "." + name.replace(".class", "")));
            }
          }
        }
      }
    }
    types.removeIf(t -> !isPublic(t));
    return types;
  }

  private static boolean isPublic(Class<?> type) {
    return type == null
        || Modifier.isPublic(type.getModifiers()) && isPublic(type.getEnclosingClass());
  }

  private static List<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(m -> m.getDeclaringClass() == type || isInherited(type, m))
        .filter(m -> !m.isSynthetic())
        .filter(m -> !LEFT_OUT.contains(type.getSimpleName() + "." + m.getName()))
        .filter(m -> !(type.isEnum() && m.getName().equals("valueOf")))
        .sorted((a, b) -> a.toString().compareTo(b.toString()))
        .toList();
  }

  /** Such as an activation's output shape. */
  private static boolean isInherited(Class<?> type, Method m) {
    return m.getDeclaringClass().isInterface()
        && m.getDeclaringClass().getName().startsWith("dev.quern")
        && !type.isInterface();
  }

  /**
   * The known values of a type, or the results of its constructors with usual arguments; the passes
   * of all layers of those that have them.
   */
  private static List<Object> receivers(ApiValues values, Class<?> type) {
    List<Object> all = new ArrayList<>(values.of(type));
    if (all.isEmpty()) {
      all.addAll(passes(values, type));
      for (Constructor<?> c : type.getConstructors()) {
        try {
          all.add(c.newInstance(usual(values, c)));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
          // no receiver of this one: it is attacked as a constructor
        }
      }
    }
    all.removeIf(r -> r == null);
    return all;
  }

  /** Passes of this type, from each type of layer that has them. */
  private static List<Object> passes(ApiValues values, Class<?> type) {
    List<Object> all = new ArrayList<>();
    for (Method of : Eager.class.getMethods()) {
      if (of.getReturnType() == type) {
        for (Class<? extends Layer> layer : LayerTypes.family(Layer.class)) {
          if (of.getParameterTypes()[0].isAssignableFrom(layer)) {
            receivers(values, layer).forEach(l -> all.add(made(of, l)));
          }
        }
      }
    }
    return all;
  }

  private static Object made(Method of, Object layer) {
    try {
      return of.invoke(null, layer);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyLayersPassesAreAttacked() throws Exception {
    try (ApiValues values = new ApiValues()) {
      List<Class<?>> passes =
          types().stream().filter(t -> t.getName().matches("dev.quern.eager.\\w+Pass")).toList();
      assertThat(passes)
          .hasSizeGreaterThan(20)
          .allSatisfy(pass -> assertThat(receivers(values, pass)).isNotEmpty());
    }
  }

  private static Object[] usual(ApiValues values, Executable e) {
    return Arrays.stream(e.getGenericParameterTypes())
        .map(values::of)
        .map(all -> all.isEmpty() ? null : all.get(0))
        .toArray();
  }

  private void attack(ApiValues values, Executable e, List<Object> receivers) {
    Type[] types = e.getGenericParameterTypes();
    Random random = new Random(e.toString().hashCode());
    List<Object> all = new ArrayList<>(receivers);
    if (e instanceof Constructor || Modifier.isStatic(e.getModifiers())) {
      all = Collections.singletonList(null);
    }
    for (Object receiver : all) {
      call(e, receiver, usual(values, e));
      for (int i = 0; i < types.length; i++) {
        for (Object value : values.of(types[i])) {
          Object[] arguments = usual(values, e);
          arguments[i] = value;
          call(e, receiver, arguments);
        }
      }
      for (int k = 0; types.length > 1 && k < COMBINATIONS; k++) {
        Object[] arguments = usual(values, e);
        for (int i = 0; i < types.length; i++) {
          List<Object> any = values.of(types[i]);
          arguments[i] = any.isEmpty() ? null : any.get(random.nextInt(any.size()));
        }
        call(e, receiver, arguments);
      }
    }
  }

  private void call(Executable e, Object receiver, Object[] arguments) {
    calls++;
    try {
      Object made =
          e instanceof Method m
              ? m.invoke(receiver, arguments)
              : ((Constructor<?>) e).newInstance(arguments);
      if (made instanceof AutoCloseable c && !(made instanceof Arena)) {
        c.close();
      }
    } catch (InvocationTargetException thrown) {
      judge(e, arguments, thrown.getCause());
    } catch (Exception own) {
      judge(e, arguments, own);
    }
  }

  private void judge(Executable e, Object[] arguments, Throwable thrown) {
    if (!(thrown instanceof QuernException)) {
      StackTraceElement[] trace = thrown.getStackTrace();
      String at =
          Stream.of(trace)
              .filter(f -> f.getClassName().startsWith("dev.quern"))
              .findFirst()
              .map(String::valueOf)
              .orElse("?");
      String of = e.getDeclaringClass().getSimpleName() + "." + e.getName();
      problems.add(of + ": " + thrown.getClass().getSimpleName() + " " + at);
    }
  }
}
