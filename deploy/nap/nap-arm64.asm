// nap [seconds]: sleeps 10 seconds or as many as it is told, then exits 0.
// SIGTERM ends it at once with 143, also as process 1, where the kernel drops
// signals that nobody has asked for. Anything but one whole number of seconds
// from 0 to 2147483647 gets the usage on standard error and exit code 2.
//
// Flat: the assembler writes the whole file, ELF header included. nap-amd64.asm
// is the same program line by line.

	.set	base, 0x400000
	.set	sys_write, 64
	.set	sys_rt_sigaction, 134
	.set	sys_nanosleep, 101
	.set	sys_exit, 93
	.set	sigterm, 15

file:	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1, 0	// 64 bits, little endian, System V
	.quad	0
	.short	2, 183			// executable, AArch64
	.long	1
	.quad	start - file + base
	.quad	segment - file
	.quad	0			// no sections
	.long	0
	.short	64, 56, 1, 64, 0, 0
segment:
	.long	1, 5			// loaded, readable and executable
	.quad	0, base, base, end - file, end - file, 0x10000

start:	ldr	x1, [sp, #16]		// argv[1], 0 if there is none
	mov	x19, #10		// seconds
	cbz	x1, sleep
	ldr	x0, [sp, #24]		// argv[2]
	cbnz	x0, usage
	mov	x4, x19
	mov	x19, #0
	ldrb	w2, [x1], #1
digit:	sub	w2, w2, #'0'
	cmp	w2, #9
	b.hi	usage
	madd	x19, x19, x4, x2
	lsr	x3, x19, #31
	cbnz	x3, usage
	ldrb	w2, [x1], #1
	cbnz	w2, digit

sleep:	adr	x9, term		// struct sigaction; restorer and mask are what lies above,
	stp	x9, xzr, [sp, #-16]!	// and do not matter to a handler that never returns
	mov	x0, #sigterm
	mov	x1, sp
	mov	x3, #8			// x2 is 0: the kernel starts with it, the loop ends with it
	mov	x8, #sys_rt_sigaction
	svc	#0
	stp	x19, xzr, [sp]		// struct timespec: seconds, nanoseconds
	mov	x0, sp			// x1 is still sp; the kernel itself goes on after SIGCONT
	mov	x8, #sys_nanosleep
	svc	#0
	neg	w0, w0			// 0, or the error's number
exit:	mov	x8, #sys_exit
	svc	#0

usage:	mov	x0, #2
	adr	x1, text
	mov	x2, #(end - text)
	mov	x8, #sys_write
	svc	#0
	mov	x0, #2
	b	exit
term:	mov	x0, #(128 + sigterm)
	b	exit

text:	.ascii	"usage: nap [seconds]\n"
end:
