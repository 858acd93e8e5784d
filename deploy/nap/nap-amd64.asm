# nap [seconds]: sleeps 10 seconds or as many as it is told, then exits 0.
# SIGTERM ends it at once with 143, also as process 1, where the kernel drops
# signals that nobody has asked for. Anything but one whole number of seconds
# from 0 to 2147483647 gets the usage on standard error and exit code 2.
#
# Flat: the assembler writes the whole file, ELF header included. nap-arm64.asm
# is the same program line by line.

	.intel_syntax noprefix
	.set	base, 0x400000
	.set	sys_write, 1
	.set	sys_rt_sigaction, 13
	.set	sys_nanosleep, 35
	.set	sys_exit, 60
	.set	sigterm, 15
	.set	sa_restorer, 0x04000000	# without it the kernel refuses to run a handler

file:	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1, 0	# 64 bits, little endian, System V
	.quad	0
	.short	2, 62			# executable, x86-64
	.long	1
	.quad	start - file + base
	.quad	segment - file
	.quad	0			# no sections
	.long	0
	.short	64, 56, 1, 64, 0, 0
segment:
	.long	1, 5			# loaded, readable and executable
	.quad	0, base, base, end - file, end - file, 0x1000

start:	pop	rax			# argc
	pop	rax			# argv[0]
	pop	rsi			# argv[1], 0 if there is none
	push	10
	pop	rbx			# seconds
	test	rsi, rsi
	jz	sleep
	pop	rax			# argv[2]
	test	rax, rax
	jnz	usage
	xor	ebx, ebx
	lodsb
digit:	sub	al, '0'
	cmp	al, 9
	ja	usage
	movzx	eax, al
	imul	rbx, rbx, 10
	add	rbx, rax
	mov	rax, rbx
	shr	rax, 31
	jnz	usage
	lodsb
	test	al, al
	jnz	digit

sleep:	push	sa_restorer		# struct sigaction; restorer and mask are what lies above,
	lea	rax, term[rip]		# and do not matter to a handler that never returns
	push	rax
	push	sigterm
	pop	rdi
	mov	rsi, rsp
	xor	edx, edx
	push	8
	pop	r10
	push	sys_rt_sigaction
	pop	rax
	syscall
	push	0			# struct timespec: nanoseconds, seconds
	push	rbx
	mov	rdi, rsp
	mov	rsi, rsp		# the kernel itself goes on after SIGCONT
	push	sys_nanosleep
	pop	rax
	syscall
	neg	eax			# 0, or the error's number
	xchg	edi, eax
exit:	push	sys_exit
	pop	rax
	syscall

usage:	push	2
	pop	rdi
	lea	rsi, text[rip]
	push	end - text
	pop	rdx
	push	sys_write
	pop	rax
	syscall
	push	2
	pop	rdi
	jmp	exit
term:	mov	edi, 128 + sigterm
	jmp	exit

text:	.ascii	"usage: nap [seconds]\n"
end:
