package dev.quern.fuzz.api;

import dev.quern.loss.CustomLoss;
import dev.quern.optim.CustomOptimizer;
import dev.quern.reference.network.GradientCheck;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A case of public constructors and methods, each with arguments made for its types. */
class Calls extends Case {
  private static final int COUNT = 10;

  /** They run as often as they are told, which is what they are for; so they are told little. */
  private static final Set<String> REPEATING = Set.of("fit", "accumulate");

  /** What these leave open is the attack's own. */
  private static final Set<Class<?>> USERS = Set.of(CustomLoss.class, CustomOptimizer.class);

  private final World world;
  private final Things things;
  private final Values values;
  private final Consumer<Executable> called;

  /**
   * @param called hears of each method that was called
   */
  Calls(long seed, Folder folder, Consumer<Executable> called) {
    super(seed);
    this.called = called;
    world = new World(draw, null, null);
    things = new Things(world, folder, new Answers(draw));
    values = new Values(draw, things);
  }

  @Override
  List<AutoCloseable> opened() {
    return world.opened();
  }

  @Override
  void run() throws Verdict.Untyped {
    for (int i = 0; i < COUNT; i++) {
      Executable e = draw.of(PublicApi.executables());
      if (e.getParameterCount() > 0 || draw.once(3)) {
        call(e);
      }
    }
  }

  private void call(Executable e) throws Verdict.Untyped {
    boolean instance = e instanceof Method && !Modifier.isStatic(e.getModifiers());
    Object receiver = instance ? receiver(e) : null;
    if (instance && receiver == null) {
      return;
    }
    Object[] args = given(e, arguments(e));
    calls.add(() -> Words.call(e, receiver, args));
    called.accept(e);
    try {
      Object result = invoke(e, receiver, args);
      things.keep(result);
      objectMethods(result);
    } catch (InvocationTargetException t) {
      if (!declared(e, t.getCause())) {
        Verdict.on(t.getCause(), calls);
      }
    } catch (ReflectiveOperationException t) {
      throw new IllegalStateException(e.toString(), t);
    }
  }

  /**
   * Calls it.
   *
   * @param receiver null for a constructor or a static method
   */
  Object invoke(Executable e, Object receiver, Object[] args) throws ReflectiveOperationException {
    return e instanceof Constructor<?> c
        ? c.newInstance(args)
        : ((Method) e).invoke(receiver, args);
  }

  private Object receiver(Executable e) {
    Class<?> type = e.getDeclaringClass();
    boolean users = USERS.contains(type) && Modifier.isAbstract(e.getModifiers());
    for (int i = 0; i < 5; i++) {
      Object o = values.of(type);
      if (type.isInstance(o) && !users && !isOurs(o)) {
        return o;
      }
    }
    return null;
  }

  /** What the attack's own classes do with such arguments is their fault. */
  private static boolean isOurs(Object o) {
    return o instanceof OwnLayer || Proxy.isProxyClass(o.getClass());
  }

  private Object[] arguments(Executable e) {
    Type[] types = e.getGenericParameterTypes();
    return little(e, Arrays.stream(types).map(values::of).toArray());
  }

  /** The arguments, where they say how often something runs, no larger than 2. */
  static Object[] little(Executable e, Object[] args) {
    boolean repeats =
        REPEATING.contains(e.getName()) || e.getDeclaringClass() == GradientCheck.class;
    for (int i = 0; i < args.length; i++) {
      if (args[i] instanceof Integer n && repeats) {
        args[i] = Math.min(n, 2);
      }
    }
    return args;
  }

  /** The arguments as the call gets them. */
  Object[] given(Executable e, Object[] args) {
    return args;
  }

  /** These must answer whatever the object holds. */
  private void objectMethods(Object o) throws Verdict.Untyped {
    if (o == null || !PublicApi.has(o.getClass()) || !draw.once(4)) {
      return;
    }
    calls.add(() -> "equals, hashCode and toString of the " + o.getClass().getName());
    try {
      boolean same = o.equals(o) && !o.equals(null) && !o.equals(world);
      if (!same || o.toString() == null || o.hashCode() != o.hashCode()) {
        throw new Verdict.Wrong("a contract of Object is broken, after these calls:" + calls);
      }
    } catch (RuntimeException | Error t) {
      if (t instanceof Verdict.Wrong) {
        throw t;
      }
      throw new Verdict.Wrong("a method of Object throws " + t + ", after these calls:" + calls);
    }
  }

  private static boolean declared(Executable e, Throwable t) {
    return Arrays.stream(e.getExceptionTypes()).anyMatch(c -> c.isInstance(t));
  }
}
