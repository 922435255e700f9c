package dejavm.cpu.translate;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Calls translated code. */
@SuppressWarnings("restricted") // native code is what this is about
final class NativeCode {
  /** Takes the address of {@link Stubs#enter}, and its two arguments. */
  private static final MethodHandle ENTER =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private final MemorySegment stub;

  NativeCode(long enter) {
    stub = MemorySegment.ofAddress(enter);
  }

  /** Runs code until it leaves. */
  void run(long workspace, long code) {
    try {
      ENTER.invokeExact(stub, workspace, code);
    } catch (Throwable impossible) {
      throw new IllegalStateException("translated code threw", impossible);
    }
  }
}
