package dejavm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.architecture.fixture.low.HostToucher;
import dejavm.bus.Platform;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostApisTest {
  private static final String ORDER = "its order differs from run to run or with identity hashes";
  private static final String THREADS = "one thread owns the machine";

  private static final String SEGMENT = "java.lang.foreign.MemorySegment";
  private static final Set<String> INTERPRETER = Set.of("dejavm.cpu.interpret");

  /** What core may use: law 6. Everything else is the host's. */
  private static HostApis core() {
    HostApis apis = new HostApis().allow("dejavm*");
    language(apis);
    arithmetic(apis);
    collections(apis);
    memoryAndReflection(apis);
    recording(apis);
    return apis;
  }

  private static void language(HostApis apis) {
    apis.allow("java.lang.System", "arraycopy")
        // which engine there is: nothing that a guest could tell
        .allowIn(Set.of("dejavm.cpu.translate.Translator"), "java.lang.System", "getProperty")
        .forbid("the host's clock, environment, streams and identities", "java.lang.System*")
        .forbid(THREADS, "java.lang.Thread*")
        .forbid(THREADS, "java.lang.InheritableThreadLocal")
        .forbid(THREADS, "java.lang.ScopedValue*")
        .forbid(THREADS, "java.lang.Object", "wait", "notify", "notifyAll")
        .forbid("is an identity", "java.lang.Object", "hashCode")
        .forbid("is an identity", "java.lang.Enum", "hashCode")
        .forbid("the host", "java.lang.Runtime")
        .forbid("the host", "java.lang.Runtime$*")
        .forbid("the host", "java.lang.Process*")
        .forbid("the host", "java.lang.StackWalker*")
        .forbid("the host", "java.lang.ClassLoader")
        .forbid("the host", "java.lang.Module*");
  }

  private static void arithmetic(HostApis apis) {
    for (String math : List.of("java.lang.Math", "java.lang.StrictMath")) {
      apis.allow(math, "abs*", "min", "max", "clamp", "add*", "subtract*", "multiply*", "negate*")
          .allow(math, "increment*", "decrement*", "floor*", "ceil*", "toIntExact", "unsigned*")
          // exact by IEEE 754, of integers or without rounding
          .allow(math, "getExponent", "scalb", "copySign", "signum", "rint", "round")
          // exact by IEEE 754 too, but of floating point, which only the CPU computes in
          .allowIn(Set.of("dejavm.cpu", "dejavm.cpu.interpret"), math, "sqrt", "fma")
          .forbid("is random, or not the same on every host", math);
    }
  }

  private static void collections(HostApis apis) {
    for (String type :
        List.of("HashMap", "HashSet", "Hashtable", "IdentityHashMap", "WeakHashMap")) {
      apis.forbid(ORDER, "java.util." + type);
    }
    apis.forbid(ORDER, "java.util.Set", "of", "copyOf")
        .forbid(ORDER, "java.util.Map", "of", "ofEntries", "copyOf")
        .forbid(ORDER, "java.util.stream.Collectors", "toSet", "toMap", "groupingBy*")
        .forbid(ORDER, "java.util.stream.Collectors", "toUnmodifiableSet", "toUnmodifiableMap")
        .forbid(THREADS, "*", "parallel*")
        .forbid("random", "java.util.Random")
        .forbid("random", "java.util.SplittableRandom")
        .forbid("random", "java.util.UUID")
        .forbid(THREADS, "java.util.Timer*")
        .forbid("the host's clock and place", "java.util.Date")
        .forbid("the host's clock and place", "java.util.TimeZone")
        .forbid("the host's clock and place", "java.util.Calendar")
        .forbid("the host's clock and place", "java.util.GregorianCalendar")
        .allow("java.util.Locale", "ROOT", HostApis.MENTION)
        .forbid("the host's place", "java.util.Locale*")
        .forbid("files", "java.util.Scanner")
        .forbid("files", "java.util.ServiceLoader*")
        .forbid("files", "java.util.ResourceBundle*")
        .allow("java.util.*")
        .allow("java.util.function.*")
        .allow("java.util.stream.*")
        .allow("java.util.regex.*")
        .forbid("the clock", "java.time*", "now", "system*", "tick*")
        .forbid("the host's place", "java.time.ZoneId", "systemDefault")
        .forbid("the clock", "java.time.Clock")
        .forbid("the clock", "java.time.InstantSource")
        .allow("java.time*");
  }

  private static void memoryAndReflection(HostApis apis) {
    // states are records of any shape: the codec, the diff and the digest read them by reflection
    Set<String> reflecting = Set.of("dejavm.snapshot");
    Set<String> embedding = Set.of("dejavm.machine.boot.Embedded", "dejavm.device.video.Font");
    apis.allow("java.lang.Class", "getName", "getSimpleName", "isInstance", "cast")
        .allow("java.lang.Class", "desiredAssertionStatus", "getEnumConstants", HostApis.MENTION)
        .allowIn(reflecting, "java.lang.Class")
        // the guest and the font that are part of the program
        .allowIn(embedding, "java.lang.Class", "getResourceAsStream")
        .forbid("reflection", "java.lang.Class")
        .allow("java.lang.*")
        .allow("java.lang.annotation.*")
        .allowIn(reflecting, "java.lang.reflect.*")
        .allowIn(reflecting, "java.lang.invoke.*")
        .forbid("reflection", "java.lang.reflect.*")
        // integers in byte arrays
        .allow("java.lang.invoke.VarHandle")
        .allow("java.lang.invoke.MethodHandles", "byteArrayViewVarHandle")
        // calls of translated code, and of the system calls that give memory for it
        .allowIn(Set.of("dejavm.cpu.translate"), "java.lang.invoke.MethodHandle")
        .forbid("reflection", "java.lang.invoke.*")
        .forbid("what the collector does is the host's", "java.lang.ref.*")
        // guest RAM and TLB are off-heap segments; the interpreter accesses them where they are
        .allowIn(Set.of("dejavm.memory", "dejavm.cpu.translate"), "java.lang.foreign.*")
        .allowIn(INTERPRETER, "java.lang.foreign.ValueLayout*")
        .allowIn(INTERPRETER, SEGMENT, "get", "set", "copy", "byteSize", HostApis.MENTION)
        .forbid("off-heap memory is for dejavm.memory", "java.lang.foreign.*")
        .forbid("the host's byte order", "java.nio.ByteOrder", "nativeOrder")
        .allow("java.nio.*")
        .forbid("the host's character set", "java.nio.charset.Charset", "defaultCharset")
        .allow("java.nio.charset.*");
  }

  private static void recording(HostApis apis) {
    apis.allow("java.io.IOException")
        .allow("java.io.UncheckedIOException")
        .allow("java.io.EOFException")
        .allow("java.io.InputStream")
        .allow("java.io.OutputStream")
        .allow("java.io.ByteArrayInputStream")
        .allow("java.io.ByteArrayOutputStream")
        .allow("java.io.Closeable")
        .allow("java.io.Serializable")
        .forbid("files and streams of the host", "java.io.*")
        .forbid("files", "java.util.zip.ZipFile")
        .allow("java.util.zip.*")
        .allow("java.security.MessageDigest")
        .allow("java.security.NoSuchAlgorithmException")
        .allow("java.security.DigestException")
        // frames are compressed and written by an executor that core is handed; the order of frames
        // in the file is fixed by the machine's thread
        .allowIn(Set.of("dejavm.record", "dejavm.session"), "java.util.concurrent.Executor")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.FutureTask")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.Callable")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.ExecutionException")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.RejectedExecutionException")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.ConcurrentLinkedQueue")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.atomic.*")
        .allowIn(Set.of("dejavm.record"), "java.util.concurrent.locks.ReentrantLock")
        .forbid(THREADS, "java.util.concurrent*")
        .allowIn(Set.of("dejavm.record", "dejavm.snapshot"), "com.github.luben.zstd.*");
  }

  @Test
  void coreKeepsItsHandsOffTheHost() {
    assertThat(core().violations(CompiledClasses.besides(Platform.class)))
        .as("uses of what core may not use")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "clock, java.lang.System.nanoTime",
    "clockByReference, java.lang.System.currentTimeMillis",
    "instant, java.time.Instant.now",
    "thread, java.lang.Thread.ofVirtual",
    "sine, java.lang.Math.sin",
    "root, java.lang.Math.sqrt",
    "identity, java.lang.Object.hashCode",
    "order, java.util.HashMap",
    "file, java.nio.file.Files.readAllLines",
    "reflection, java.lang.Class.getDeclaredField",
    "foreign, java.lang.foreign.Arena.ofAuto",
    "parallel, java.util.List.parallelStream"
  })
  void touchingTheHostIsFound(String method, String used) {
    assertThat(core(HostToucher.class))
        .anyMatch(
            line -> line.startsWith(HostToucher.class.getName() + "." + method + " uses " + used));
  }

  @Test
  void pureCodeIsFine() {
    assertThat(core(HostToucher.class)).noneMatch(line -> line.contains("Innocent"));
  }

  @Test
  void placesOpenWhatIsClosedElsewhere() {
    HostApis apis =
        new HostApis()
            .allowIn(Set.of("dejavm.architecture.fixture.low"), "java.lang.Thread*")
            .allowIn(Set.of("dejavm.architecture.fixture.high"), "java.lang.System")
            .forbid("closed", "java.lang.Thread*")
            .forbid("closed", "java.lang.System")
            .allow("*");
    assertThat(apis.violations(CompiledClasses.ofPackage(HostToucher.class)))
        .anyMatch(line -> line.endsWith("System.nanoTime: closed"))
        .noneMatch(line -> line.contains("Thread"));
  }

  private static List<String> core(Class<?> fixture) {
    return core().violations(CompiledClasses.ofPackage(fixture));
  }
}
