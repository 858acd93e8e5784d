package markup_test

func htmlCases() []golden {
	return []golden{
		{
			"void elements and handlers",
			`<p>a<br>b<img src=https://a.example/i.png alt="pic" onerror=alert(1)><hr>`,
			`<p>a<br/>b<a href="https://a.example/i.png" rel="nofollow ugc noopener">pic</a></p><hr/>`,
		},
		{
			"unclosed elements",
			`<p>un<b>closed <li>x <table><tr><td>y`,
			`<p>un<b>closed </b></p><li><b>x <table><tbody><tr><td>y</td></tr></tbody></table></b></li>`,
		},
		{
			"scripts and styles vanish with what they hold",
			`<script>alert(1)</script><style>*{}</style>left`,
			`left`,
		},
		{
			"mXSS by noscript",
			`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
			`"&gt;`,
		},
		{
			"mXSS by svg",
			`<svg><p><style><a id="</style><img src=1 onerror=alert(1)>"></svg>`,
			`<p>"&gt;</p>`,
		},
		{
			"mXSS by svg and title",
			`<svg></p><title><a id="</title><img src=1 onerror=alert(1)>">x`,
			`<p></p>"&gt;x`,
		},
		{
			"mXSS by math",
			`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></math>x`,
			`x<table></table>`,
		},
		{
			"mXSS by form",
			`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
			``,
		},
		{
			"mXSS by select",
			`<select><style></select><img src=x onerror=alert(1)></style>x`,
			`x`,
		},
		{
			"mXSS by template",
			`<template><s><template><s><img src=x onerror=alert(1)>@</s>x</template>`,
			`<s><s>@</s>x</s>`,
		},
		{
			"plaintext",
			`<plaintext>a<b>c</plaintext>`,
			`a&lt;b&gt;c&lt;/plaintext&gt;`,
		},
		{
			"raw text elements",
			`<noembed><p>x</noembed>z<xmp><b>x</xmp><listing>
x</listing><textarea><b></textarea>`,
			`z&lt;b&gt;x
x&lt;b&gt;`,
		},
		{
			"foreign prefixes",
			`<o:p>Word</o:p> <foo:bar xmlns:foo="x">x</foo:bar> <xml:p>y</xml:p>`,
			`Word x y`,
		},
		{
			"dangerous addresses",
			`<a href="javascript:alert(1)">a</a><a href="jav&#x0A;ascript:x">b</a><a href="&#14;javascript:x">c</a><a href="data:text/html;base64,xx">d</a>`,
			`abcd`,
		},
		{
			"doubled attributes",
			`<a href=" https://a.example " href="javascript:x" id=i class=c style=s target=_blank rel=me title=x title=y>z</a>`,
			`<a href="https://a.example" title="x" rel="nofollow ugc noopener">z</a>`,
		},
		{
			"headings are lowered",
			`<h1>a</h1><h2>b</h2><h3>c</h3><h6>d</h6>`,
			`<h3>a</h3><h3>b</h3><h3>c</h3><h6>d</h6>`,
		},
		{
			"attributes that nobody needs",
			`<p id=x class=y style=z onclick=1 data-x=1 xmlns="http://x" xml:lang=en dir=rtl>p</p>`,
			`<p>p</p>`,
		},
		{
			"classes",
			`<code class="language-go">a</code><code class="language-go evil">b</code><pre class="language-x">c</pre>`,
			`<code class="language-go">a</code><code>b</code><pre>c</pre>`,
		},
		{
			"line breaks in pre",
			`<pre>

a
  b</pre><pre><img alt="
x">y</pre>`,
			`<pre>a
  b</pre><pre>xy</pre>`,
		},
		{
			"table attributes",
			`<table align=right border=1><tr><td align=center style=x colspan=99>1</td><th align="evil">2</th></table>`,
			`<table><tbody><tr><td align="center">1</td><th>2</th></tr></tbody></table>`,
		},
		{
			"table with text outside its cells",
			`<table><caption>c</caption><colgroup><col></colgroup><tr><td>x</td></tr>text<b>bold</b></table>`,
			`text<b>bold</b><table><caption>c</caption><tbody><tr><td>x</td></tr></tbody></table>`,
		},
		{
			"list attributes",
			`<ol start=5 type=a reversed><li value=3>x</ol><ol start=-1><li>y</ol>`,
			`<ol start="5"><li>x</li></ol><ol><li>y</li></ol>`,
		},
		{
			"links within links",
			`<a href=https://a.example>m<a href=https://b.example>n</a></a> <a href=https://a.example><table><tr><td><a href=https://b.example>n</a></table></a>`,
			`<a href="https://a.example" rel="nofollow ugc noopener">m</a><a href="https://b.example" rel="nofollow ugc noopener">n</a> <a href="https://a.example" rel="nofollow ugc noopener"><table><tbody><tr><td>n</td></tr></tbody></table></a>`,
		},
		{
			"images",
			`<a href=https://a.example><img src=https://b.example/i.png></a><a href=https://a.example></a><img src=/rel.png><img src="x" alt="rel"><img alt>`,
			`<a href="https://a.example" rel="nofollow ugc noopener">https://b.example/i.png</a>rel`,
		},
		{
			"embedded things",
			`<iframe src=https://a.example></iframe>after <object>o</object> <video src=x>v</video> <embed src=x>`,
			`after  v`,
		},
		{
			"form fields",
			`<form action=https://b.example><input value=x><button>b</button><select><option>o</select></form>`,
			`bo`,
		},
		{
			"document elements",
			`<!DOCTYPE html><html lang=x><title>t</title><base href=https://b.example><meta http-equiv=refresh content=0><link rel=stylesheet href=x><body onload=x>k`,
			`k`,
		},
		{
			"comments and instructions",
			`<!--[if IE]><script>x</script><![endif]--><?php echo 1 ?><![CDATA[x]]>y`,
			`y`,
		},
		{
			"characters that XML cannot hold",
			"&nbsp;&#1;&#27;&#xFFFE;&#xD800;&#13;&#10;x \x01\x00\xff]]>",
			"\u00a0\ufffd\ufffd\ufffd\ufffd\n\nx \ufffd\ufffd]]&gt;",
		},
		{
			"blocks and unknown elements",
			`<p>one<p>two<div>three</div><span>four</span><blink>five</blink>`,
			`<p>one</p><p>two</p><div>three</div>fourfive`,
		},
		{
			"misnested marks",
			`<b><p>x</b>y</p><i>z`,
			`<b></b><p><b>x</b>y</p><i>z</i>`,
		},
		{
			"addresses of quotations are dropped",
			`<q cite="javascript:x">q</q><blockquote cite="https://a.example">b</blockquote>`,
			`<q>q</q><blockquote>b</blockquote>`,
		},
		{
			"line breaks in attributes",
			`<abbr title="a
b	c&quot;<>">t</abbr>`,
			`<abbr title="a&#10;b&#9;c&quot;&lt;&gt;">t</abbr>`,
		},
		{
			"quotes in addresses stay inside",
			`<a href="https://a.example/?q=&quot;&lt;&gt;&amp;x='y'">q</a>`,
			`<a href="https://a.example/?q=&quot;&lt;&gt;&amp;x='y'" rel="nofollow ugc noopener">q</a>`,
		},
	}
}
